import { type NewsClient, normaliseCoin } from '../../src/index';
import { connectionOf } from '../shared/connection-node';
import type { Feed } from '../shared/feed';

export const NEWS: Feed<NewsClient> = {
  connect: (RED, id) => connectionOf(RED, id, 'news-connection'),
  normalise: normaliseCoin,
  examples: 'coins such as bitcoin',
};
