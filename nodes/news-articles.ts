import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import {
  type ArticleEvent,
  type ArticleSettings,
  type ArticleSubscription,
  checkArticleOptions,
  type NewsClient,
} from '../src/index';
import { NEWS } from './news/feed';
import { ConnectedNode } from './shared/connected-node';
import { Remembered } from './shared/remembered';
import { listSetting, resolved, switchSetting } from './shared/settings';
import { isWired, sendTo } from './shared/wiring';

interface ArticlesConfig extends NodeDef {
  connection?: string;
  sources?: string[];
  categories?: string[];
  keywords?: string[];
  breakingOnly?: boolean | string;
  remember?: boolean | string;
}

const ARTICLES = 0;
const EVENTS = 1;
/** Links that outlive a restart: far more than the server repeats, and little to store. */
const REMEMBERED = 300;

/** What can be chosen, and what a message may set. */
const PROPERTIES = ['sources', 'categories', 'keywords', 'breakingOnly'] as const;
type Choice = Partial<Record<(typeof PROPERTIES)[number], unknown>>;

/** @throws FeedError SETTING_INVALID */
function settingsOf(choice: Choice): ArticleSettings {
  const list = (property: keyof Choice) =>
    listSetting(choice[property]).map((text) => String(resolved(property, text)));
  return checkArticleOptions({
    // A variable may hold several.
    sources: listSetting(list('sources')),
    categories: listSetting(list('categories')),
    keywords: listSetting(list('keywords')),
    breakingOnly: switchSetting('breakingOnly', choice.breakingOnly),
  });
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/** A topic of MQTT has characters with a meaning and an end; the key of a source may hold any, without one. */
function topicOf(sourceKey: string): string {
  return `news/${sourceKey.slice(0, 100).replace(/[^\p{L}\p{N}._-]/gu, '_') || 'unknown'}`;
}

export = function (RED: NodeAPI) {
  function NewsArticles(this: Node, config: ArticlesConfig) {
    RED.nodes.createNode(this, config);
    const remembered = new Remembered(this, isListOfTexts);
    let remembers = false;
    let choice: Choice = config;
    let settings: ArticleSettings;
    let subscription: ArticleSubscription | null = null;

    /** Articles of another server are others. */
    const key = () => [config.connection, connected.source].join(' ');
    const remember = () => {
      if (remembers && subscription) remembered.keep(key(), subscription.delivered(REMEMBERED));
    };

    const deliver = (event: ArticleEvent) => {
      if (event.event === 'error') return connected.report(event.error);
      if (isWired(this, ARTICLES)) {
        const topic = topicOf(event.article.sourceKey);
        sendTo(this, ARTICLES, { topic, event: event.event, payload: event.article } as NodeMessage);
      }
      remember();
    };

    /** Watches what the settings say, and goes on where the last watch has stopped. */
    const watch = (client: NewsClient, delivered: readonly string[] | undefined) => {
      subscription = null;
      subscription = client.watchArticles(
        { ...settings, delivered, stateChanged: () => connected.showStatus() },
        deliver,
      );
      remember();
    };

    const connected = new ConnectedNode(RED, this, config, NEWS, {
      actions: ['set', 'list', 'reconnect'],
      eventsOutput: EVENTS,
      async prepare() {
        settings = settingsOf(choice);
        remembers = switchSetting('remember', config.remember);
        await (remembers ? remembered.read() : remembered.forget());
      },
      begin: (client) => watch(client, remembers ? remembered.last(key()) : undefined),
      states: () => (subscription ? [subscription.state] : []),
      connection: () => subscription?.connection,
      list: () => (subscription ? [{ ...settings, state: subscription.state }] : []),
      properties: () => ({}),
      control({ action, settings: given }, client) {
        if (action !== 'set') return [];
        const known = Object.entries(given).filter(([property]) => PROPERTIES.includes(property as keyof Choice));
        const next = { ...choice, ...Object.fromEntries(known) };
        settings = settingsOf(next);
        choice = next;
        const before = subscription;
        watch(client, before?.delivered(Number.POSITIVE_INFINITY));
        before?.close();
        return [];
      },
      close: () => subscription?.close(),
    });
  }
  RED.nodes.registerType('news-articles', NewsArticles);
};
