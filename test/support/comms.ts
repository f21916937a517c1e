import { once } from 'node:events';
import WebSocket from 'ws';
import type { NodeRedProcess } from './node-red-process';

interface Told {
  topic: string;
  data: { text?: string };
}

/**
 * The statuses that an editor would see if it were opened now, by node id.
 * @param last a node whose status was set last: when it has come, all have
 */
export async function shownStatuses(red: NodeRedProcess, last: string): Promise<Record<string, Told['data']>> {
  const socket = new WebSocket(`${red.url.replace('http', 'ws')}/comms`);
  const statuses: Record<string, Told['data']> = {};
  await once(socket, 'open');
  socket.send(JSON.stringify({ subscribe: 'status/#' }));
  while (!(last in statuses)) {
    const [data] = await once(socket, 'message');
    const told = [JSON.parse(String(data))].flat() as Told[];
    for (const { topic, data } of told) {
      const [, id] = /^status\/(.+)$/.exec(topic) ?? [];
      if (id) statuses[id] = data;
    }
  }
  socket.close();
  await once(socket, 'close');
  return statuses;
}
