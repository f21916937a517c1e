import type { Node, NodeMessage } from 'node-red';

/** Whether anything is wired to an output, counted from 0. Asked at each send, for rewiring does not restart a node. */
export function isWired(node: Node, output: number): boolean {
  const { wires } = node as Node & { wires?: unknown[][] };
  return (wires?.[output]?.length ?? 0) > 0;
}

/** Sends a message to one output, counted from 0. */
export function sendTo(node: Node, output: number, message: NodeMessage): void {
  const messages = new Array<NodeMessage | null>(output + 1).fill(null);
  messages[output] = message;
  node.send(messages);
}
