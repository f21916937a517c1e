import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeFrame, encodePacket, isHeartbeat } from '../../src/tradingview/framing';
import { literalFrames, needs, recordedSession } from '../support/recorded-frames';

const codePoints = (text: string) => [...text].length;
const bytes = (text: string) => Buffer.byteLength(text);
const framed = (payload: string, length: number) => `~m~${length}~m~${payload}`;

/** Any text: astral characters, lone surrogates, and what looks like the framing itself. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '~m~',
        '~h~7',
        '~m~3~m~abc',
        '\ud83d',
        '\ude00',
        '😀',
        '삼성',
        '~j~',
        '~',
        '~m~999999999~m~',
        '\0',
      ),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** Text whose characters can all be written as UTF-8, without a whole header: where another count is meant, that would be one. */
const anyScript = fc
  .array(fc.constantFrom('a', '"', '~m~', '~h~7', '~m~3', 'é', '삼', '😀', '𝕏'))
  .map((parts) => parts.join(''));

const json = anyText.map((text) => JSON.stringify({ m: 'qsd', p: [text] }));
const scriptJson = anyScript.map((text) => JSON.stringify({ m: 'qsd', p: [text] }));
const heartbeat = fc.nat().map((n) => `~h~${n}`);

/** What holds no header, however it is joined to what follows. */
const junk = fc
  .array(fc.constantFrom('x', '~', '~m', '~m~', '{"m":', '😀', '\ud83d', '}', ' ', '~h~'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => `${parts.join('')}!`);

describe('framing: encodePacket and decodeFrame', () => {
  it('counts UTF-16 code units, as the official client does', () => {
    const payload =
      '{"m":"qsd","p":["qs_vvg85v09ah13",{"n":"KRX:005930","s":"ok","v":{"local_description":"삼성전자보통주"}}]}';
    assert.equal(encodePacket(payload), `~m~99~m~${payload}`);
    assert.equal(encodePacket('😀'), '~m~2~m~😀');
    assert.equal(encodePacket(''), '~m~0~m~');
  });

  it('give back any payloads joined in one message, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(anyText), (payloads) => {
        assert.deepEqual(decodeFrame(payloads.map(encodePacket).join('')), { packets: payloads, damaged: 0 });
      }),
      { numRuns: 2_000 },
    );
  });

  it('give back the same packets however they are split into messages', () => {
    const split = fc.array(fc.tuple(fc.oneof(json, heartbeat), fc.boolean()));
    fc.assert(
      fc.property(split, (packets) => {
        const messages = [''];
        for (const [payload, startsMessage] of packets) {
          if (startsMessage) messages.push('');
          messages[messages.length - 1] += encodePacket(payload);
        }
        assert.deepEqual(
          messages.flatMap((message) => decodeFrame(message).packets),
          packets.map(([payload]) => payload),
        );
      }),
    );
  });

  it('take payloads that look like framing as payloads', () => {
    for (const payload of ['~m~3~m~abc', '{"a":"~m~3~m~abc"}', '{"a":"~h~7"}', '~m~', 'x~m~4~m~~h~1']) {
      assert.deepEqual(decodeFrame(encodePacket(payload) + encodePacket('~h~8')).packets, [payload, '~h~8']);
    }
  });

  it('take an empty message for what it is', () => {
    assert.deepEqual(decodeFrame(''), { packets: [], damaged: 0 });
  });
});

describe('framing: lengths that count something else', () => {
  for (const [what, length] of Object.entries({ codePoints, bytes })) {
    it(`reads packets whose lengths count ${what}`, () => {
      fc.assert(
        fc.property(fc.array(scriptJson, { minLength: 1 }), (payloads) => {
          const message = payloads.map((payload) => framed(payload, length(payload))).join('');
          assert.deepEqual(decodeFrame(message), { packets: payloads, damaged: 0 });
        }),
        { numRuns: 1_000 },
      );
    });
  }

  it('reads packets of each kind beside each other', () => {
    const payload = '{"n":"삼성 😀"}';
    const message = framed(payload, bytes(payload)) + encodePacket(payload) + framed(payload, codePoints(payload));
    assert.deepEqual(decodeFrame(message), { packets: [payload, payload, payload], damaged: 0 });
  });
});

describe('framing: damage', () => {
  it('costs only itself: junk between packets, before and behind them', () => {
    const part = fc.record({ before: fc.option(junk, { nil: '' }), payload: fc.oneof(json, heartbeat) });
    fc.assert(
      fc.property(fc.array(part), fc.option(junk, { nil: '' }), (parts, end) => {
        const message = parts.map(({ before, payload }) => before + encodePacket(payload)).join('') + end;
        const frame = decodeFrame(message);
        assert.deepEqual(
          frame.packets,
          parts.map(({ payload }) => payload),
        );
        const stretches = parts.filter(({ before }) => before !== '').length + (end === '' ? 0 : 1);
        assert.equal(frame.damaged, stretches);
      }),
      { numRuns: 3_000 },
    );
  });

  it('costs only itself: a packet that was cut short, too long a length, a length that is none', () => {
    const good = encodePacket('{"m":"du","p":[]}');
    for (const bad of [
      '~m~50~m~{"m":"du",',
      '~m~9999~m~{}',
      '~m~999999999~m~',
      '~m~x~m~{}',
      '~m~-3~m~abc',
      '~m~~m~{}',
      '~m~5',
    ]) {
      const frame = decodeFrame(good + bad + good);
      assert.deepEqual(frame.packets, ['{"m":"du","p":[]}', '{"m":"du","p":[]}'], bad);
      assert.equal(frame.damaged, 1, bad);
    }
  });

  it('costs only itself: a length that is one too small or too large', () => {
    for (const wrong of [-1, 1]) {
      const payload = '{"m":"du","p":["삼성"]}';
      const message = encodePacket('~h~1') + framed(payload, payload.length + wrong) + encodePacket('~h~2');
      const { packets, damaged } = decodeFrame(message);
      assert.ok(packets.includes('~h~1') && packets.includes('~h~2'), `${wrong}`);
      assert.equal(damaged, 1);
    }
  });

  it('never makes it throw, or lose a whole packet before the damage', () => {
    fc.assert(
      fc.property(
        json,
        fc.string({ unit: fc.constantFrom('~', 'm', 'h', '1', '9', '{', '}', '😀', '\ud83d') }),
        (payload, rest) => {
          const { packets } = decodeFrame(`${encodePacket(payload)}!${rest}`);
          assert.equal(packets[0], payload);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('does not take long, however many headers lie', () => {
    // Were each of them counted through to the end of the message, this would take many seconds.
    const message = '~m~99999~m~'.repeat(10_000);
    const started = process.cpuUsage();
    decodeFrame(message);
    assert.ok(process.cpuUsage(started).user < 1_000_000);
  });
});

describe('framing: heartbeats', () => {
  it('are known by their whole payload', () => {
    for (const payload of ['~h~1', '~h~10', '~h~0']) assert.equal(isHeartbeat(payload), true, payload);
    for (const payload of ['~h~', '~h~x', 'a~h~1', '~h~1 ', '{"a":"~h~1"}', '', '~h~1\n']) {
      assert.equal(isHeartbeat(payload), false, JSON.stringify(payload));
    }
  });
});

describe('framing: recordings', () => {
  it('decodes each message of a captured session into whole packets', function () {
    for (const { wire } of needs(recordedSession(), this)) {
      const redacted = wire.includes('REDACTED');
      const { packets, damaged } = decodeFrame(wire);
      assert.equal(damaged, redacted ? 1 : 0);
      for (const payload of packets) assert.doesNotThrow(() => isHeartbeat(payload) || JSON.parse(payload));
      if (!redacted) assert.equal(packets.map(encodePacket).join(''), wire);
    }
  });

  it('encodes and decodes each literal frame', function () {
    for (const { payload, wire } of needs(literalFrames(), this)) {
      assert.deepEqual(decodeFrame(wire), { packets: [payload], damaged: 0 });
      assert.equal(encodePacket(payload), wire);
    }
  });
});
