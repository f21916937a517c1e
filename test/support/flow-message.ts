import type { NodeMessage } from 'node-red';

/** A message as a flow sees it, with the properties that our nodes, Catch and Status set. */
export interface FlowMessage extends NodeMessage {
  symbol?: string;
  event?: string;
  timeframe?: string;
  backfilled?: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever a node has sent
  payload?: any;
  error?: { message: string; code?: string; source: { id: string; type: string } };
  status?: { fill?: string; shape?: string; text?: string };
}
