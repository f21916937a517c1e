import assert from 'node:assert/strict';
import fc from 'fast-check';
import { spy } from 'sinon';
import { decodeFrame } from '../../src/tradingview/framing';
import { readPacket } from '../../src/tradingview/messages';
import { ScriptedServer } from '../support/scripted-server';
import { maliciousFrame } from './malice';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const MIB = 2 ** 20;
/** Of what stands before rubbish, and of unreadable packets, before the connection is given up. */
const MOST_TRIES = 2_100;

/** Frames made to be slow to take apart, of about so many characters. */
const SLOW: Record<string, (size: number) => string> = {
  'headers without end': (size) => '~m~1~m~'.repeat(size / 7),
  'marks without numbers': (size) => '~m~'.repeat(size / 3),
  'lengths that reach beyond the end': (size) => '~m~999999999~m~{'.repeat(size / 16),
  'lengths that reach half-way': (size) => `~m~${size / 2}~m~["`.repeat(size / 16),
  'texts that swallow the headers behind them': (size) => `~m~${size / 2}~m~{"a":"`.repeat(size / 20),
  'lists that nest': (size) => `~m~${size}~m~${'['.repeat(size)}`,
  'one packet that is never ended': (size) => `~m~${2 * size}~m~${'x'.repeat(size)}`,
  'wide characters, counted as bytes': (size) => `~m~${size - 1}~m~${'\u{1f600}'.repeat(size / 4)}`,
  heartbeats: (size) => '~m~4~m~~h~1'.repeat(size / 11),
  'empty packets': (size) => '~m~0~m~'.repeat(size / 7),
};

/** How long a client is busy with a frame, milliseconds; its event loop does nothing else meanwhile. */
function cost(frame: string): number {
  const server = new ScriptedServer(START);
  server.client.watchCandles({ symbol: 'A:B' }, () => {});
  server.greet();
  // What cannot be read costs an exception each time: rather few tries than many.
  const parse = spy(JSON, 'parse');
  const begun = performance.now();
  server.transport.link.receive(frame);
  const took = performance.now() - begun;
  const tries = parse.callCount;
  parse.restore();
  assert.ok(tries <= MOST_TRIES, `${tries} tries at reading what cannot be read`);
  assert.ok(server.logs.length < 10, `${server.logs.length} lines in the log`);
  return took;
}

describe('hostile frames', function () {
  this.timeout(120_000);

  it('never throw, and what is read of them is of the known kinds', () => {
    const kinds = ['heartbeat', 'hello', 'message', 'malformed'];
    fc.assert(
      fc.property(maliciousFrame(['cs_1', 'sds_1']), (frame) => {
        for (const payload of decodeFrame(frame).packets) assert.ok(kinds.includes(readPacket(payload).kind));
      }),
      { numRuns: Number(process.env.RUNS || 3_000) },
    );
    assert.deepEqual(Object.keys({}), []);
  });

  it('full of rubbish end the connection, with words, and it is tried again', () => {
    const server = new ScriptedServer(START);
    server.client.watchCandles({ symbol: 'A:B' }, () => {});
    server.greet();
    server.transport.link.receive('~m~1~m~{'.repeat(1_000));
    assert.equal(server.client.status.state, 'live');
    server.transport.link.receive('~m~1~m~{'.repeat(1_001));
    const { state, error } = server.client.status;
    assert.deepEqual([state, error?.code], ['waiting', 'PROTOCOL']);
    server.clock.advance(1_000);
    assert.equal(server.transport.links.length, 2);
  });

  for (const [what, frame] of Object.entries(SLOW)) {
    it(`of 16 MiB cost no more than what they are long: ${what}`, () => {
      const small = Math.max(cost(frame(2 * MIB)), 20);
      const large = cost(frame(16 * MIB));
      assert.ok(large < 40 * small, `${Math.round(large)} ms, against ${Math.round(small)} ms for an eighth`);
    });
  }
});
