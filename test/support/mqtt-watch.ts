import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';

export interface MqttMessage {
  topic: string;
  payload: string;
  qos: number;
  /** It was kept by the broker from before the subscription. */
  retain: boolean;
}

/**
 * Any other client of a broker: hears all topics, and goes on after the broker has been away. One with persistence keeps for it
 * what it misses.
 */
export class MqttWatch {
  readonly messages: MqttMessage[] = [];
  readonly #client: MqttClient;
  readonly #happened = new EventEmitter();

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('error', () => {});
    client.on('message', (topic, payload, { qos, retain }) => {
      this.messages.push({ topic, payload: payload.toString(), qos, retain });
      this.#happened.emit('message');
    });
  }

  static async open(port: number): Promise<MqttWatch> {
    const options = { reconnectPeriod: 50, clean: false, clientId: `watch-${randomUUID()}` };
    const watch = new MqttWatch(await connectAsync(`mqtt://127.0.0.1:${port}`, options));
    await watch.#client.subscribeAsync('#', { qos: 2 });
    return watch;
  }

  /** What the broker hands to somebody who subscribes now, up to a topic that is retained. */
  static async retained(port: number, upTo: (topic: string) => boolean): Promise<Map<string, MqttMessage>> {
    const watch = await MqttWatch.open(port);
    await watch.until(({ topic }) => upTo(topic));
    await watch.close();
    return new Map(watch.messages.filter(({ retain }) => retain).map((message) => [message.topic, message]));
  }

  /** Waits for a message, among those from a position on. */
  async until(wanted: (message: MqttMessage) => boolean, from = 0): Promise<MqttMessage> {
    for (;;) {
      const found = this.messages.slice(from).find(wanted);
      if (found) return found;
      await once(this.#happened, 'message');
    }
  }

  async publish(topic: string, payload: string, retain = false): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, retain });
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
