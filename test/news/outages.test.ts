import assert from 'node:assert/strict';
import { NewsStage } from '../support/news-stage';

describe('news client: outages', () => {
  let stage: NewsStage;

  beforeEach(() => {
    stage = new NewsStage();
  });

  afterEach(async () => {
    await stage.close();
    assert.equal(stage.clock.pending, 0);
    assert.deepEqual(stage.logs, []);
  });

  it('the end that the server puts to each stream is followed by the next at once, without an alarm', async () => {
    const { states } = stage.watch();
    await stage.pass(301);
    assert.deepEqual(states, ['loading', 'live'], 'those who watch see nothing of it');
    assert.deepEqual(stage.states, ['connecting', 'authenticating', 'live', 'connecting', 'authenticating', 'live']);
    assert.equal(stage.client.status.error, null);
    const [first, second] = stage.transport.tries;
    assert.ok(Number(second?.at) - Number(first?.at) <= 300_000 + 1);
    assert.equal(stage.client.stats().reconnects, 1);
  });

  it('a server that ends each stream at once is not besieged', async () => {
    stage.watch();
    for (let tries = 1; tries <= 4; tries++) {
      while (stage.news.stats().streams === 0) await stage.pass(1);
      await stage.pass(1);
      stage.news.faults.end();
      await stage.pass(0.1);
      assert.equal(stage.client.status.state, 'waiting');
    }
    const pauses = stage.transport.tries.map(({ at }, index, all) => at - Number(all[index - 1]?.at)).slice(1);
    assert.ok(
      pauses.every((pause, index) => pause >= 1_000 * 2 ** index),
      pauses.join(),
    );
  });

  it('a stream whose bytes stop is given up after the set time, however live it looked', async () => {
    for (const idleTimeout of [undefined, 90]) {
      await stage.close();
      stage = new NewsStage(idleTimeout === undefined ? {} : { idleTimeout });
      stage.watch();
      await stage.pass(61);
      stage.news.faults.freeze();
      await stage.pass((idleTimeout ?? 150) - 2);
      assert.equal(stage.client.status.state, 'live');
      await stage.pass(2);
      assert.notEqual(stage.client.status.state, 'live');
      assert.equal(stage.client.status.error?.code, 'TIMEOUT');
      stage.news.faults.thaw();
      await stage.pass(5);
      assert.equal(stage.client.status.state, 'live');
    }
  });

  it('a stream that opens and says nothing is given up, too', async () => {
    stage.news.faults.freeze();
    stage.watch();
    await stage.pass(21);
    assert.equal(stage.client.status.error?.code, 'TIMEOUT');
  });

  it('a storm of 503s is met with the patience that it asks for', async () => {
    stage.news.faults.full(75);
    const { articles, errors } = stage.watch();
    await stage.pass(75 * 8);
    const times = stage.transport.tries.map(({ at }) => at);
    assert.ok(times.length >= 6);
    assert.ok(times.every((at, index) => index === 0 || at - Number(times[index - 1]) >= 75_000));
    const { code, message } = stage.client.status.error ?? {};
    assert.equal(code, 'TOO_MANY_CONNECTIONS');
    assert.match(String(message), /503.*75 s/);
    stage.client.watchArticles({ breakingOnly: true }, () => {});
    assert.equal(stage.transport.tries.length, times.length, 'one who comes meanwhile waits, too');
    await stage.news.faults.clear('full');
    await stage.pass(76);
    assert.ok(articles.length > 0);
    assert.deepEqual(errors, [], 'it is the connection’s error');
  });

  it('who is taken for a robot stops, in words, until somebody asks for another try', async () => {
    stage.news.faults.robots();
    stage.watch();
    await stage.pass(3600);
    assert.equal(stage.transport.tries.length, 1);
    const { state, error } = stage.client.status;
    assert.deepEqual([state, error?.code], ['stopped', 'BANNED']);
    assert.match(String(error?.message), /robot/);
    stage.news.faults.robots(false);
    stage.client.reconnect();
    await stage.pass(2);
    assert.equal(stage.client.status.state, 'live');
  });

  it('the name of a tool or a robot is refused by the server, ours is not', async () => {
    const curl = new NewsStage({ userAgent: 'curl/8.0' });
    curl.watch();
    await curl.pass(1);
    assert.equal(curl.client.status.state, 'stopped');
    await curl.close();
    stage.watch();
    await stage.pass(1);
    assert.equal(stage.client.status.state, 'live');
  });

  it('the server’s own error is told once, is none of the connection, and ends with the next poll', async () => {
    const { errors, states } = stage.watch();
    await stage.pass(2);
    stage.news.faults.failPolls(2);
    await stage.pass(125);
    assert.deepEqual(errors, ['PROTOCOL']);
    assert.equal(stage.client.status.state, 'live');
    assert.equal(stage.client.status.error, null);
    await stage.pass(60);
    assert.deepEqual(states, ['loading', 'live', 'failed', 'live']);
    stage.news.faults.failPolls(4);
    await stage.pass(70);
    stage.news.faults.drop();
    await stage.pass(70);
    assert.deepEqual(errors, ['PROTOCOL', 'PROTOCOL'], 'another stream that fails alike is no news');
  });

  it('a server without articles is empty, and that is no error', async () => {
    stage.news.faults.empty();
    const { articles, errors, subscription } = stage.watch();
    await stage.pass(120);
    assert.deepEqual([subscription.state, articles.length, errors.length], ['empty', 0, 0]);
    assert.equal(stage.client.status.state, 'live');
    stage.news.faults.empty(false);
    await stage.pass(61);
    assert.equal(subscription.state, 'live');
    assert.ok(articles.length > 0);
  });

  it('an event that cannot be read is counted, and costs only itself', async () => {
    const { articles } = stage.watch();
    await stage.pass(1);
    const early = articles.length;
    stage.news.faults.publish({ title: 'Lost for now' });
    stage.news.faults.malform(1);
    await stage.pass(60);
    assert.equal(stage.client.stats().damaged, 1);
    assert.equal(stage.client.status.state, 'live');
    stage.news.faults.drop();
    await stage.pass(10);
    assert.ok(articles.length > early);
    assert.ok(
      articles.some(({ title }) => title === 'Lost for now'),
      'the next stream shows it again',
    );
  });

  it('one stream that fails says so, though another lives', async () => {
    stage.watch();
    await stage.pass(5);
    stage.news.faults.full(30);
    const other = stage.watch({ sources: ['coindesk'] });
    await stage.pass(2);
    assert.equal(stage.client.status.state, 'waiting');
    assert.equal(other.subscription.connection, 'waiting');
    await stage.news.faults.clear();
    await stage.pass(40);
    assert.equal(stage.client.status.state, 'live');
    assert.equal(stage.client.stats().channels, 2);
  });

  it('a client that is closed watches nothing any more', async () => {
    await stage.client.close();
    assert.throws(() => stage.client.watchArticles({}, () => {}), /closed/);
    assert.throws(() => stage.client.watchPrices({ symbols: ['bitcoin'] }, () => {}), /closed/);
  });
});
