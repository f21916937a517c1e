import { ExampleStage } from './example-stage';
import { changed, type ExampleNode } from './examples';
import { findMosquitto, Mosquitto } from './mosquitto';
import { MqttWatch } from './mqtt-watch';

const SETTINGS = { mqttReconnectTime: 100 };

/** A stage for examples that publish over MQTT: with a real broker, and somebody who hears it all. */
export class MqttStage {
  readonly stage: ExampleStage;
  readonly broker: Mosquitto;
  #watch: MqttWatch | null = null;

  private constructor(stage: ExampleStage, broker: Mosquitto) {
    this.stage = stage;
    this.broker = broker;
  }

  /**
   * @param env of its Node-RED, beside the variables of this process
   * @returns null, and says so, where there is no mosquitto on the machine
   */
  static async open(options: { persistence: boolean }, env: object = {}): Promise<MqttStage | null> {
    const mosquitto = findMosquitto();
    if (!mosquitto) {
      console.log('      skipped: no mosquitto found; it is a package of Debian');
      return null;
    }
    const broker = await Mosquitto.open(mosquitto, options);
    return new MqttStage(await ExampleStage.open(SETTINGS, env), broker);
  }

  /** One more Node-RED; whoever has it begins, ends and closes it. @param env as in `open` */
  another(env: object): Promise<ExampleStage> {
    return ExampleStage.open(SETTINGS, env);
  }

  /** Of the play that is on. */
  get watch(): MqttWatch {
    if (!this.#watch) throw new Error('no play is on');
    return this.#watch;
  }

  /** An example with that broker. @param more other settings, by type */
  async example(name: string, more: Record<string, object> = {}): Promise<ExampleNode[]> {
    return changed(await this.stage.imported(name), { 'mqtt-broker': { port: String(this.broker.port) }, ...more });
  }

  /** Before each play. */
  async begin(): Promise<void> {
    await this.stage.begin();
    this.#watch = await MqttWatch.open(this.broker.port);
  }

  /** After each play. */
  async end(): Promise<void> {
    await this.#watch?.close();
    await this.stage.end();
  }

  async close(): Promise<void> {
    await this.stage.close();
    await this.broker.close();
  }
}
