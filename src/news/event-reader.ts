import { createParser } from 'eventsource-parser';

/** Characters of one event. The largest real ones are some ten thousand. */
const LONGEST_EVENT = 1024 * 1024;

/**
 * Takes a stream of events apart, in whatever pieces it comes.
 * @param event told of each event that has data, by its name
 * @param overflow an event has no end; nothing is read any more
 * @returns takes the next piece
 */
export function eventReader(event: (name: string, data: string) => void, overflow: () => void): (text: string) => void {
  let over = false;
  let afterReturn = false;
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onEvent: ({ event: name = 'message', data }) => event(name, data),
    onError: ({ type }) => {
      if (type !== 'max-buffer-size-exceeded') return;
      over = true;
      overflow();
    },
  });
  return (text) => {
    if (over) return;
    // The parser would wait for the rest of a line that ends in a carriage return alone, and an event come with the next one.
    const rest = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    afterReturn = text.endsWith('\r');
    if (rest !== '') parser.feed(rest.replace(/\r\n?/g, '\n'));
  };
}
