import assert from 'node:assert/strict';
import { type Channel, ChannelRegistry } from '../../src/feed/channel-registry';

class FakeChannel implements Channel {
  closes = 0;
  close(): void {
    this.closes++;
  }
}

describe('channel registry', () => {
  it('opens a key once and shares it', () => {
    const registry = new ChannelRegistry<FakeChannel>();
    const first = registry.hold('a', () => new FakeChannel());
    const second = registry.hold('a', () => assert.fail('opened twice'));
    assert.equal(first.channel, second.channel);
    assert.equal(registry.size, 1);
    assert.deepEqual(registry.values(), [first.channel]);
  });

  it('closes a channel when the last holder lets go, and only once', () => {
    const registry = new ChannelRegistry<FakeChannel>();
    const first = registry.hold('a', () => new FakeChannel());
    const second = registry.hold('a', () => new FakeChannel());
    first.release();
    first.release();
    assert.equal(first.channel.closes, 0);
    second.release();
    second.release();
    assert.equal(first.channel.closes, 1);
    assert.equal(registry.size, 0);
  });

  it('opens anew after that', () => {
    const registry = new ChannelRegistry<FakeChannel>();
    const first = registry.hold('a', () => new FakeChannel());
    first.release();
    const second = registry.hold('a', () => new FakeChannel());
    first.release();
    assert.notEqual(first.channel, second.channel);
    assert.equal(second.channel.closes, 0);
  });

  it('keeps keys apart, also those that objects are born with', () => {
    const registry = new ChannelRegistry<FakeChannel>();
    const channels = ['a', 'b', '__proto__', 'constructor'].map(
      (key) => registry.hold(key, () => new FakeChannel()).channel,
    );
    assert.equal(new Set(channels).size, 4);
  });

  it('leaves a retired channel to its holders, and opens another for who comes next', () => {
    const registry = new ChannelRegistry<FakeChannel>();
    const old = registry.hold('a', () => new FakeChannel());
    registry.retire('a', old.channel);
    assert.equal(registry.size, 0);
    const next = registry.hold('a', () => new FakeChannel());
    registry.retire('a', old.channel);
    assert.equal(registry.size, 1, 'only the channel that is meant is retired');
    old.release();
    assert.equal(old.channel.closes, 1);
    assert.equal(next.channel.closes, 0);
    assert.equal(registry.size, 1);
  });
});
