import assert from 'node:assert/strict';
import { BotApi } from '../support/bot-api';
import { ExampleStage } from '../support/example-stage';
import { changed, type ExampleNode, FOLDER_FOR_OTHERS, injects } from '../support/examples';
import { FastNews } from '../support/fast-news';
import { HOSTILE_TITLES, INVISIBLE } from '../support/hostile-titles';

const NAME = 'breaking-news-to-telegram';
const TOKEN = '4711:of_the_test';
const LINK = 'https://example.com/news';

describe(`the example ${NAME}, with the real palette and a Bot API of our own`, function () {
  this.timeout(60_000);
  let stage: ExampleStage;
  let bot: BotApi;

  before(async () => {
    stage = await ExampleStage.open();
  });

  after(() => stage?.close());

  beforeEach(async () => {
    await stage.begin();
    bot = await BotApi.open();
  });

  afterEach(async () => {
    await stage.end();
    await bot.close();
  });

  /** The example with that bot, a chat, and news of the test's own. */
  async function example(connection: object = {}): Promise<ExampleNode[]> {
    const flow = await stage.imported(FOLDER_FOR_OTHERS + NAME);
    const own = { baseapiurl: bot.url, credentials: { token: TOKEN } };
    const env = [{ name: 'TELEGRAM_CHAT_ID', value: '42', type: 'str' }];
    return changed(flow, { tab: { env }, 'telegram bot': own, 'news-connection': connection });
  }

  const texts = () => bot.calls.map(({ fields }) => fields.text ?? '');
  const tells = (words: string) => texts().filter((text) => text.includes(words)).length;
  const untilTold = (words: string) => bot.until(() => tells(words) > 0);

  it('tells breaking news about Bitcoin and nothing else, each once, over ends, drops and a deploy', async () => {
    const server = await FastNews.open();
    try {
      const { faults } = server.news;
      const flow = await example({ server: 'custom', url: server.url });
      await stage.play(flow);
      const publish = (title: string, link: string, breaking = true) =>
        faults.publish({ title, link, description: '', source: 'The Source', breaking });
      publish('BITCOIN wins', `${LINK}/1`);
      await untilTold('⚡ BITCOIN wins\n');
      publish('Bitcoin, not so urgent', `${LINK}/2`, false);
      publish('Method of somebody else', `${LINK}/3`);
      publish('A fund of BTC', `${LINK}/4`);
      await untilTold('⚡ A fund of BTC\n');
      faults.drop();
      publish('Bitcoin after a drop', `${LINK}/5`);
      await untilTold('Bitcoin after a drop');
      faults.end();
      await stage.redeploy(flow);
      publish('Bitcoin after a deploy', `${LINK}/6`);
      await untilTold('Bitcoin after a deploy');
      for (const { token, method, fields } of bot.calls) {
        assert.deepEqual([token, method], [TOKEN, 'sendMessage']);
        assert.deepEqual(Object.keys(fields).sort(), ['chat_id', 'text']);
        assert.equal(fields.chat_id, '42');
      }
      assert.deepEqual([tells('not so urgent'), tells('somebody else')], [0, 0]);
      assert.deepEqual(texts(), [...new Set(texts())]);
      const told = texts().find((text) => text.includes('BITCOIN wins'));
      assert.match(
        told ?? '',
        /^⚡ BITCOIN wins\nThe Source, 2026-05-1\d \d\d:\d\d UTC\nhttps:\/\/example\.com\/news\/1$/,
      );
    } finally {
      await stage.red.deploy([]);
      await server.close();
    }
  });

  it('sends what strangers have written as plain text, without signs that cannot be seen', async () => {
    const flow = await example();
    const article = { link: LINK, source: 'S\u202eecruos', timestamp: null };
    const messages = HOSTILE_TITLES.map((title) => ({ payload: { ...article, title } }));
    const strange = [
      { title: 'Another host', link: 'https://ex\u202eample.com/\u0430', source: '' },
      { title: 'No address', link: 'https://%%%', source: '' },
      { title: 'x'.repeat(10_000), link: LINK, source: 'x'.repeat(10_000) },
    ].map((one) => ({ payload: { timestamp: null, ...one } }));
    const buttons = injects(flow, 'news as text', [...messages, ...strange]);
    await stage.redeploy([...flow.filter(({ type }) => !type.startsWith('news-')), ...buttons]);
    for (const { id } of buttons) await stage.press(id);
    await bot.until(({ length }) => length === buttons.length);
    const sent = (beginning: string) => texts().find((text) => text.startsWith(`⚡ ${beginning}`)) ?? '';
    for (const title of HOSTILE_TITLES) {
      const shown = title.replace(INVISIBLE, ' ').trim();
      assert.equal(sent(shown), `⚡ ${shown}\nS ecruos\n${LINK}`);
    }
    for (const { fields } of bot.calls) {
      assert.ok(!('parse_mode' in fields));
      assert.doesNotMatch(fields.text?.replaceAll('\n', '') ?? '', INVISIBLE);
    }
    assert.equal(sent('No address'), '⚡ No address');
    assert.match(sent('Another host'), /^⚡ Another host\n?(https:\/\/[!-~]+)?$/);
    assert.ok(sent('xxx').length < 1_000);
  });
});
