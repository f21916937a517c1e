import type { LinkOptions } from '../../src/feed/link';
import type { Failure, Link, Transport } from '../../src/feed/transport';

/** A link, and promises of what it reports. */
export interface OpenedLink {
  link: Link;
  opened: Promise<void>;
  closed: Promise<Failure>;
  received: string[];
  /** The next text that comes. */
  next(): Promise<string>;
  closes: number;
  releases: number;
}

/** Opens a link of a real transport. @param around what is not to be as usual */
export function openLink(
  url: string,
  around: Partial<LinkOptions>,
  transportOf: (options: LinkOptions) => Transport,
): OpenedLink {
  let tellOpened = () => {};
  let tellClosed = (_: Failure) => {};
  let tellNext = (_: string) => {};
  const result: OpenedLink = {
    link: { send: () => {}, close: () => {} },
    opened: new Promise((resolve) => {
      tellOpened = resolve;
    }),
    closed: new Promise((resolve) => {
      tellClosed = resolve;
    }),
    received: [],
    next: () =>
      new Promise((resolve) => {
        tellNext = resolve;
      }),
    closes: 0,
    releases: 0,
  };
  const transport = transportOf({ address: async () => ({ url, release: () => result.releases++ }), ...around });
  result.link = transport({
    opened: () => tellOpened(),
    received: (data) => {
      const text = String(data);
      result.received.push(text);
      tellNext(text);
    },
    closed: (failure) => {
      result.closes++;
      tellClosed(failure);
    },
  });
  return result;
}
