import assert from 'node:assert/strict';
import { Connection, type ConnectionStatus, type LinkControl } from '../../src/feed/connection';
import { FeedError } from '../../src/feed/errors';
import { SteppedClock } from '../../src/market/clock';
import { ScriptedTransport } from '../support/scripted-transport';

const START = Date.UTC(2026, 0, 5);
const LOGIN = 20_000;
const SILENCE = 20_000;
const LINGER = 5_000;
const failure = (code: 'UNREACHABLE' | 'BANNED' | 'RATE_LIMITED' = 'UNREACHABLE') => ({
  error: new FeedError(code, 'sentence'),
});

/**
 * A connection on a stepped clock, with a protocol that does what the messages say, word by word. Random is 1, so that pauses are
 * whole seconds.
 */
function setUp({ answersClose = true, react = (_status: ConnectionStatus) => {} } = {}) {
  const clock = new SteppedClock(START);
  const transport = new ScriptedTransport({ answersClose });
  const states: string[] = [];
  const received: string[] = [];
  const logs: string[] = [];
  const controls: LinkControl[] = [];
  const connection = new Connection({
    transport: transport.open,
    protocol: (control) => {
      controls.push(control);
      return {
        received: (message) => {
          const data = String(message);
          received.push(data);
          if (data === 'boom') throw new Error('a handler’s fault');
          if (data === 'alive' || data === 'live' || data === 'healthy' || data === 'again') control[data]();
          if (data === 'fail') control.fail(failure());
          if (data === 'ended') control.ended(failure());
        },
      };
    },
    clock,
    random: () => 1,
    loginTimeout: LOGIN,
    silenceTimeout: SILENCE,
    linger: LINGER,
    changed: (status) => {
      if (states.at(-1) !== status.state) states.push(status.state);
      react(status);
    },
    log: (text) => logs.push(text),
  });
  const goLive = () => {
    transport.link.open();
    transport.link.receive('live');
  };
  return { clock, transport, connection, states, received, logs, controls, goLive };
}

type SetUp = ReturnType<typeof setUp>;

/** Milliseconds until the next link is opened. */
function pause({ clock, transport }: SetUp): number {
  const before = transport.links.length;
  const start = clock.now();
  while (transport.links.length === before && clock.now() < start + 3_600_000) clock.advance(500);
  return clock.now() - start;
}

describe('connection: life', () => {
  it('is idle and opens nothing until somebody holds it', () => {
    const { connection, transport, clock } = setUp();
    assert.equal(connection.status.state, 'idle');
    assert.equal(transport.links.length, 0);
    assert.equal(clock.pending, 0);
  });

  it('goes from idle over connecting and authenticating to live', () => {
    const { connection, transport, states } = setUp();
    connection.hold();
    assert.deepEqual(states, ['connecting']);
    transport.link.open();
    assert.deepEqual(states, ['connecting', 'authenticating']);
    transport.link.receive('live');
    assert.deepEqual(states, ['connecting', 'authenticating', 'live']);
    assert.deepEqual(connection.status, { state: 'live', since: START, error: null, failures: 0 });
  });

  it('opens one link, however many hold it', () => {
    const { connection, transport, goLive } = setUp();
    connection.hold();
    connection.hold();
    goLive();
    connection.hold();
    assert.equal(transport.links.length, 1);
  });

  it('says since when it is in a state', () => {
    const { connection, clock, goLive } = setUp();
    connection.hold();
    clock.advance(700);
    goLive();
    clock.advance(300);
    assert.equal(connection.status.since, START + 700);
  });

  it('does not become live before the link has opened, or twice', () => {
    const { connection, transport, goLive, states } = setUp();
    connection.hold();
    transport.link.receive('live');
    assert.equal(connection.status.state, 'connecting');
    goLive();
    transport.link.receive('live');
    assert.equal(states.filter((state) => state === 'live').length, 1);
    assert.equal(connection.reconnects, 0);
  });

  it('sends over the link, and nowhere when there is none', () => {
    const { connection, transport, goLive } = setUp();
    connection.send('lost');
    connection.hold();
    goLive();
    connection.send('said');
    assert.deepEqual(transport.link.sent, ['said']);
  });
});

describe('connection: linger', () => {
  it('keeps the link for a while after the last holder has left, then rests', () => {
    const { connection, transport, clock, goLive } = setUp();
    const letGo = connection.hold();
    goLive();
    letGo();
    clock.advance(LINGER - 1);
    assert.equal(connection.status.state, 'live');
    clock.advance(1);
    assert.equal(connection.status.state, 'idle');
    assert.equal(transport.link.closes, 1);
    assert.equal(clock.pending, 0);
  });

  it('is called off by a new holder, without a new link', () => {
    const { connection, transport, clock, goLive } = setUp();
    const letGo = connection.hold();
    goLive();
    letGo();
    clock.advance(LINGER - 1);
    connection.hold();
    transport.link.receive('alive');
    clock.advance(LINGER);
    assert.equal(connection.status.state, 'live');
    assert.equal(transport.links.length, 1);
  });

  it('does not begin while another holds it, and letting go twice counts once', () => {
    const { connection, clock, goLive } = setUp();
    const letGo = connection.hold();
    connection.hold();
    goLive();
    letGo();
    letGo();
    clock.advance(LINGER);
    assert.equal(connection.status.state, 'live');
  });

  it('also ends the pause before the next try', () => {
    const { connection, transport, clock } = setUp();
    const letGo = connection.hold();
    for (let tries = 0; tries < 8; tries++) {
      transport.link.end();
      clock.advance(60_000);
    }
    transport.link.end();
    letGo();
    clock.advance(LINGER);
    assert.deepEqual(connection.status, { state: 'idle', since: clock.now(), error: null, failures: 0 });
    assert.equal(clock.pending, 0);
  });

  it('connects again for who comes after it', () => {
    const { connection, transport, clock, goLive } = setUp();
    connection.hold()();
    clock.advance(LINGER);
    connection.hold();
    goLive();
    assert.equal(connection.status.state, 'live');
    assert.equal(transport.links.length, 2);
  });
});

describe('connection: watchdogs', () => {
  it('give up a try that is not live in time, whether it opens or not', () => {
    for (const opens of [false, true]) {
      const { connection, transport, clock } = setUp();
      connection.hold();
      if (opens) transport.link.open();
      clock.advance(LOGIN - 1);
      assert.notEqual(connection.status.state, 'waiting');
      clock.advance(1);
      assert.equal(connection.status.state, 'waiting');
      assert.equal(connection.status.error?.code, 'TIMEOUT');
      assert.equal(transport.link.closes, 1);
    }
  });

  it('give up a try that shows signs of life, and yet is not live in time', () => {
    const { connection, transport, clock } = setUp();
    connection.hold();
    clock.advance(1_000);
    transport.link.open();
    for (let rest = LOGIN - 1_000; rest > 0; rest -= 1_000) {
      assert.equal(connection.status.state, 'authenticating');
      transport.link.receive('alive');
      clock.advance(1_000);
    }
    assert.equal(connection.status.state, 'waiting');
    assert.equal(connection.status.error?.code, 'TIMEOUT');
  });

  it('give up a live link after a silence', () => {
    const { connection, transport, clock, goLive } = setUp();
    connection.hold();
    goLive();
    clock.advance(SILENCE - 1);
    assert.equal(connection.status.state, 'live');
    clock.advance(1);
    assert.equal(connection.status.state, 'waiting');
    assert.equal(connection.status.error?.code, 'TIMEOUT');
    assert.equal(transport.links[0]?.closes, 1);
  });

  it('count from the last sign of life', () => {
    const { connection, transport, clock, goLive } = setUp();
    connection.hold();
    goLive();
    for (let beats = 0; beats < 10; beats++) {
      clock.advance(SILENCE - 1);
      transport.link.receive('alive');
      assert.equal(connection.status.state, 'live');
      assert.equal(connection.lastSign, clock.now());
    }
    clock.advance(SILENCE - 1);
    assert.equal(connection.status.state, 'live');
    clock.advance(1);
    assert.equal(connection.status.state, 'waiting');
  });

  it('have one timer at a time', () => {
    const { connection, transport, clock, goLive } = setUp();
    connection.hold();
    goLive();
    for (let beats = 0; beats < 100; beats++) transport.link.receive('alive');
    assert.equal(clock.pending, 1);
  });
});

describe('connection: backoff', () => {
  it('doubles the pause from 1 s to 60 s while tries fail, for ever', () => {
    const parts = setUp();
    parts.connection.hold();
    const pauses: number[] = [];
    for (let tries = 0; tries < 10; tries++) {
      parts.transport.link.end();
      pauses.push(pause(parts) / 1000);
    }
    assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('counts failures in a row, and says what ended the last link', () => {
    const { connection, transport, clock } = setUp();
    connection.hold();
    transport.link.end(failure('RATE_LIMITED'));
    assert.equal(connection.status.failures, 1);
    assert.equal(connection.status.error?.code, 'RATE_LIMITED');
    clock.advance(1_000);
    assert.equal(connection.status.state, 'connecting');
    assert.equal(connection.status.error?.code, 'RATE_LIMITED', 'still not well');
    transport.link.end();
    assert.equal(connection.status.failures, 2);
  });

  it('begins anew only after healthy data: becoming live is not enough', () => {
    const parts = setUp();
    parts.connection.hold();
    for (const seconds of [1, 2, 4]) {
      parts.goLive();
      assert.equal(parts.connection.status.error, null);
      parts.transport.link.end();
      assert.equal(pause(parts), seconds * 1000);
    }
    parts.goLive();
    parts.transport.link.receive('healthy');
    assert.equal(parts.connection.status.failures, 0);
    parts.transport.link.end();
    assert.equal(parts.connection.status.failures, 0);
    assert.equal(pause(parts), 1_000);
    parts.transport.link.end();
    assert.equal(pause(parts), 1_000, 'the first try that failed after it');
    parts.transport.link.end();
    assert.equal(pause(parts), 2_000);
  });

  it('waits at least as long as a failure demands, and longer if the backoff does', () => {
    const parts = setUp();
    parts.connection.hold();
    parts.transport.link.end({ ...failure(), minWait: 30_000 });
    assert.equal(pause(parts), 30_000);
    for (let tries = 0; tries < 6; tries++) {
      parts.transport.link.end();
      pause(parts);
    }
    parts.transport.link.end({ ...failure(), minWait: 30_000 });
    assert.equal(pause(parts), 60_000);
  });

  it('has one timer while it waits', () => {
    const { connection, transport, clock } = setUp();
    connection.hold();
    transport.link.end();
    assert.equal(connection.status.state, 'waiting');
    assert.equal(clock.pending, 1);
  });

  it('is not hurried by a new holder', () => {
    const { connection, transport } = setUp();
    connection.hold();
    transport.link.end();
    connection.hold();
    assert.equal(transport.links.length, 1);
  });

  it('counts how often a link was lost and had again', () => {
    const parts = setUp();
    parts.connection.hold();
    for (let n = 0; n < 3; n++) {
      assert.equal(parts.connection.reconnects, Math.max(0, n - 1));
      parts.goLive();
      parts.transport.link.end();
      pause(parts);
    }
    assert.equal(parts.connection.reconnects, 2);
  });
});

describe('connection: stopped', () => {
  const stop = { ...failure('BANNED'), stop: true };

  it('tries no more until a person acts', () => {
    const { connection, transport, clock } = setUp();
    connection.hold();
    transport.link.end(stop);
    assert.deepEqual(connection.status, { state: 'stopped', since: START, error: stop.error, failures: 1 });
    assert.equal(clock.pending, 0);
    connection.hold();
    clock.advance(86_400_000);
    assert.equal(transport.links.length, 1);
  });

  it('may be asked for, where there is a link', () => {
    const parts = setUp();
    parts.connection.stop(new FeedError('TOKEN_EXPIRED', 'no link, so nothing happens'));
    assert.equal(parts.connection.status.state, 'idle');
    parts.connection.hold();
    parts.goLive();
    parts.connection.stop(new FeedError('TOKEN_EXPIRED', 'over'));
    assert.equal(parts.connection.status.state, 'stopped');
    assert.equal(parts.connection.status.error?.message, 'over');
    assert.equal(parts.transport.link.closes, 1);
    parts.clock.advance(86_400_000);
    assert.equal(parts.transport.links.length, 1);
    parts.connection.reconnect();
    assert.equal(parts.connection.status.state, 'connecting');
  });

  it('stays so when the last holder leaves and another comes', () => {
    const { connection, transport, clock } = setUp();
    const letGo = connection.hold();
    transport.link.end(stop);
    letGo();
    clock.advance(LINGER);
    connection.hold();
    assert.equal(connection.status.state, 'stopped');
    assert.equal(transport.links.length, 1);
  });

  it('is ended by reconnect', () => {
    const { connection, transport, goLive } = setUp();
    connection.hold();
    transport.link.end(stop);
    connection.reconnect();
    assert.equal(connection.status.failures, 0);
    goLive();
    assert.equal(connection.status.state, 'live');
  });

  it('is ended by reconnect though nobody holds it: who comes next connects', () => {
    const set = setUp();
    const letGo = set.connection.hold();
    set.transport.link.end(stop);
    letGo();
    set.connection.reconnect();
    assert.deepEqual([set.connection.status.state, set.connection.status.error], ['idle', null]);
    assert.equal(set.connection.status.failures, 0);
    assert.equal(set.transport.links.length, 1, 'nothing is opened that nobody holds');
    set.connection.hold();
    set.goLive();
    assert.equal(set.connection.status.state, 'live');
  });

  it('is ended by close', async () => {
    const { connection, transport } = setUp();
    connection.hold();
    transport.link.end(stop);
    await connection.close();
    assert.equal(connection.status.state, 'idle');
  });
});

describe('connection: reconnect, drop and again', () => {
  it('reconnect drops a live link and connects at once', () => {
    const { connection, transport, goLive } = setUp();
    connection.hold();
    goLive();
    connection.reconnect();
    assert.equal(transport.links.length, 2);
    assert.equal(transport.links[0]?.closes, 1);
    assert.equal(connection.status.state, 'connecting');
  });

  it('reconnect ends a pause, and only one link comes of it', () => {
    const { connection, transport, clock } = setUp();
    connection.hold();
    transport.link.end({ ...failure(), minWait: 900_000 });
    connection.reconnect();
    assert.equal(transport.links.length, 2);
    clock.advance(10_000);
    assert.equal(transport.links.length, 2);
  });

  it('reconnect opens nothing that nobody holds', () => {
    const { connection, transport } = setUp();
    connection.reconnect();
    assert.equal(transport.links.length, 0);
    assert.equal(connection.status.state, 'idle');
  });

  it('drop ends a live link as if the other side had', () => {
    const parts = setUp();
    parts.connection.drop(new FeedError('TIMEOUT', 'no link, so nothing happens'));
    parts.connection.hold();
    parts.goLive();
    parts.transport.link.receive('healthy');
    parts.connection.drop(new FeedError('TIMEOUT', 'overdue'));
    assert.equal(parts.connection.status.state, 'waiting');
    assert.equal(parts.connection.status.error?.message, 'overdue');
    assert.equal(parts.transport.link.closes, 1);
    assert.equal(pause(parts), 1_000);
  });

  it('an end in good order connects anew at once, without a failure', () => {
    const { connection, transport, clock, states, goLive } = setUp();
    connection.hold();
    goLive();
    transport.link.receive('healthy');
    clock.advance(10_000);
    states.length = 0;
    transport.link.receive('ended');
    assert.deepEqual(states, ['connecting']);
    assert.equal(transport.links.length, 2);
    assert.deepEqual([connection.status.error, connection.status.failures], [null, 0]);
  });

  it('an end that comes at once, or before any data, is a failure: the server is not besieged', () => {
    const parts = setUp();
    const { connection, transport, goLive } = parts;
    connection.hold();
    const pauses: number[] = [];
    for (const healthy of [true, true, true, false]) {
      goLive();
      if (healthy) transport.link.receive('healthy');
      transport.link.receive('ended');
      assert.equal(connection.status.state, 'waiting');
      pauses.push(pause(parts) / 1000);
    }
    assert.deepEqual(pauses, [1, 2, 4, 4]);
  });

  it('is renewed at once where there is a link, and not before its time in a pause', () => {
    const parts = setUp();
    const { connection, transport, goLive } = parts;
    connection.renew();
    assert.equal(transport.links.length, 0);
    connection.hold();
    goLive();
    connection.renew();
    assert.deepEqual([transport.links.length, connection.status.state], [2, 'connecting']);
    transport.link.end();
    connection.renew();
    assert.deepEqual([transport.links.length, connection.status.state], [2, 'waiting']);
    assert.equal(pause(parts), 1_000);
  });

  it('again connects anew at once, without a failure', () => {
    const { connection, transport } = setUp();
    connection.hold();
    transport.link.open();
    transport.link.receive('again');
    assert.equal(transport.links.length, 2);
    assert.equal(transport.links[0]?.closes, 1);
    assert.equal(connection.status.failures, 0);
  });

  it('a conversation that fails closes its link', () => {
    const { connection, transport, goLive } = setUp();
    connection.hold();
    goLive();
    transport.link.receive('fail');
    assert.equal(connection.status.state, 'waiting');
    assert.equal(transport.link.closes, 1);
  });
});

describe('connection: what comes from a link that is not the current one', () => {
  function replaced() {
    const parts = setUp({ answersClose: false });
    parts.connection.hold();
    parts.goLive();
    parts.connection.reconnect();
    const [old, current] = parts.transport.links;
    assert.ok(old && current);
    return { ...parts, old, current, states: parts.states.splice(0) };
  }

  it('is ignored, whatever it is', () => {
    const { old, current, connection, received, controls, clock } = replaced();
    const status = connection.status;
    const heard = received.length;
    old.open();
    for (const text of ['live', 'healthy', 'again', 'fail', 'boom']) old.receive(text);
    controls[0]?.live();
    controls[0]?.healthy();
    controls[0]?.again();
    controls[0]?.fail(failure());
    controls[0]?.send('from the past');
    old.end({ ...failure('BANNED'), stop: true });
    assert.equal(connection.status, status);
    assert.equal(received.length, heard);
    assert.deepEqual(current.sent, []);
    current.open();
    current.receive('live');
    assert.equal(connection.status.state, 'live');
    assert.equal(clock.pending, 1);
  });

  it('has no watchdog any more', () => {
    const { current, connection, clock } = replaced();
    clock.advance(LOGIN - 1);
    current.open();
    current.receive('live');
    clock.advance(SILENCE - 1);
    assert.equal(connection.status.state, 'live');
  });
});

describe('connection: faults of others', () => {
  it('what a handler throws goes to the log and no further', () => {
    const { connection, transport, goLive, logs } = setUp();
    connection.hold();
    goLive();
    assert.doesNotThrow(() => transport.link.receive('boom'));
    assert.equal(connection.status.state, 'live');
    assert.match(logs.join(), /a handler’s fault/);
  });

  it('a listener that closes or reconnects from within a change is followed', () => {
    for (const state of ['connecting', 'authenticating', 'live', 'waiting']) {
      let done = false;
      const parts = setUp({
        react: (status) => {
          if (done || status.state !== state) return;
          done = true;
          parts.connection.reconnect();
        },
      });
      parts.connection.hold();
      if (!done) parts.goLive();
      if (!done) parts.transport.link.end();
      assert.ok(done, state);
      parts.goLive();
      assert.equal(parts.connection.status.state, 'live', state);
      assert.equal(parts.clock.pending, 1, state);
    }
  });
});

describe('connection: close', () => {
  it('resolves when the socket is gone, and leaves no timer', async () => {
    const { connection, transport, clock, goLive } = setUp({ answersClose: false });
    connection.hold();
    goLive();
    let closed = false;
    const closing = connection.close().then(() => {
      closed = true;
    });
    await Promise.resolve();
    assert.equal(closed, false);
    assert.equal(connection.status.state, 'idle');
    assert.equal(clock.pending, 0);
    transport.link.end();
    await closing;
  });

  it('waits for all sockets that are on their way out', async () => {
    const { connection, transport, goLive } = setUp({ answersClose: false });
    connection.hold();
    goLive();
    connection.reconnect();
    let closed = false;
    const closing = connection.close().then(() => {
      closed = true;
    });
    transport.links[1]?.end();
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(closed, false);
    transport.links[0]?.end();
    await closing;
  });

  it('may be called twice, and each call resolves', async () => {
    const { connection, transport, goLive } = setUp({ answersClose: false });
    connection.hold();
    goLive();
    const both = Promise.all([connection.close(), connection.close()]);
    transport.link.end();
    await both;
    await connection.close();
  });

  it('is at once where there is no socket', async () => {
    const { connection, clock } = setUp();
    await connection.close();
    assert.equal(clock.pending, 0);
  });

  it('ends linger and pause, and nothing is opened afterwards', async () => {
    for (const waiting of [false, true]) {
      const { connection, transport, clock, goLive } = setUp();
      const letGo = connection.hold();
      if (waiting) transport.link.end();
      else goLive();
      letGo();
      await connection.close();
      connection.hold();
      connection.reconnect();
      clock.advance(86_400_000);
      assert.equal(transport.links.length, 1);
      assert.equal(clock.pending, 0);
    }
  });
});
