import type { Node, NodeMessage } from 'node-red';

/** Whether anything is wired to an output, counted from 0. Asked at each send, for rewiring does not restart a node. */
export function isWired(node: Node, output: number): boolean {
  const { wires } = node as Node & { wires?: unknown[][] };
  return (wires?.[output]?.length ?? 0) > 0;
}

const HEX = 16;
const DIGITS = 8;
/** Ids of one process differ by their number, those of several most likely by this. */
const PROCESS = Math.floor(Math.random() * 2 ** 32)
  .toString(HEX)
  .padStart(DIGITS, '0');
let sent = 0;

/** As Node-RED's own, which cost more than all else that is done for a message here. */
function messageId(): string {
  sent = (sent + 1) % 2 ** 32;
  return PROCESS + sent.toString(HEX).padStart(DIGITS, '0');
}

/** Sends a message, a new one, to one output, counted from 0. */
export function sendTo(node: Node, output: number, message: NodeMessage): void {
  message._msgid ??= messageId();
  const messages = new Array<NodeMessage | null>(output + 1).fill(null);
  messages[output] = message;
  node.send(messages);
}
