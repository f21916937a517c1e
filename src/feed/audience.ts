import type { FeedError } from './errors';
import type { Subscriber, SubscriptionState } from './subscription';

/** Those who listen to a channel, and its state, which they are told. */
export class Audience<S extends Subscriber> {
  /** Made anew when one comes or goes, for listeners subscribe and leave while they are being told. */
  #members: readonly S[] = [];
  #state: SubscriptionState;

  constructor(state: SubscriptionState) {
    this.#state = state;
  }

  get members(): readonly S[] {
    return this.#members;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  add(member: S): void {
    this.#members = [...this.#members, member];
  }

  remove(member: S): void {
    this.#members = this.#members.filter((other) => other !== member);
  }

  /** Told only where it is another one. */
  setState(state: SubscriptionState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const member of this.#members) member.stateChanged(state);
  }

  failed(error: FeedError): void {
    for (const member of this.#members) member.failed(error);
  }
}
