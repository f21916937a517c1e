import type { Node, NodeAPI } from 'node-red';
import type { TradingViewClient } from '../../src/index';

/** Where the text of the token's end is; Node-RED fills in the minutes, which the editor could not. */
const TOKEN_EXPIRES = '@livetick/node-red-market-data/tv-connection:tv-connection.status.token-expires';

/**
 * Says once of each token that it ends.
 * @param changed called whenever what is left of it has changed
 * @returns what is to stand in the status of every user
 */
export function watchToken(
  RED: NodeAPI,
  node: Node,
  client: TradingViewClient | null,
  changed: () => void,
): () => string | null {
  /** When the token expires of which there was a warning. */
  let warnedOf: number | null = null;
  client?.on('token', (warning) => {
    if (warning && warning.expires !== warnedOf) {
      warnedOf = warning.expires;
      node.warn(warning.sentence);
    }
    changed();
  });
  return () => {
    const warning = client?.tokenWarning;
    return warning ? RED._(TOKEN_EXPIRES, { minutes: warning.minutes }) : null;
  };
}
