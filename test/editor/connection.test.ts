import assert from 'node:assert/strict';
import { practiceToken } from '../../src/simulator/practice-token';
import { PLAN_NAMES, planLimits } from '../../src/tradingview/plan';
import type { Editor } from './browser';
import { TAB, useEditor, variable } from './opened';

const NODE = 'f10a000000000001';
const CONNECTION = 'f10a000000000002';

describe('the editor: the form of the connection', function () {
  this.timeout(60_000);
  let editor: Editor;
  let tried: object[];
  let watched: number;

  const node = { id: NODE, type: 'tv-ohlc', z: TAB.id, connection: CONNECTION, symbols: ['BINANCE:BTCUSDT'] };
  const connection = { id: CONNECTION, type: 'tv-connection', name: 'Practice', server: 'practice' };
  const rest = { url: '', httpUrl: '', proxy: '' };
  const flow = [TAB, { ...connection, ...rest }, { ...node, x: 300, y: 100, wires: [[], [], []] }];

  useEditor({ flow }, (opened) => {
    editor = opened;
    editor.page.on('request', (request) => {
      if (request.url().endsWith('livetick/tradingview/test')) tried.push(request.postDataJSON());
      if (request.url().includes('livetick/tradingview/connections/')) watched++;
    });
  });

  beforeEach(() => {
    tried = [];
    watched = 0;
  });

  const field = (property: string) => editor.page.locator(`#node-config-input-${property}`);
  const market = (name: string) => editor.page.getByRole('radio', { name });
  const words = () => editor.page.locator('#livetick-test-words');
  const press = () => editor.page.getByRole('button', { name: 'Test', exact: true }).click();
  const life = (text: string) => editor.page.locator('#livetick-life-line').filter({ hasText: text });

  async function open(which: 'add' | 'edit'): Promise<void> {
    await editor.edit(NODE);
    if (which === 'add') await editor.page.locator('#node-input-connection').selectOption('_ADD_');
    await editor.editConnection(which);
  }

  async function cancel(): Promise<void> {
    await editor.end('node-config-dialog-cancel');
    await editor.end('node-dialog-cancel');
  }

  it('shows only the fields that matter to the market, which the keyboard can choose', async () => {
    const { page } = editor;
    const fields = ['server', 'url', 'httpUrl', 'token', 'sessionId', 'sessionSign', 'plan', 'grace', 'proxy'];
    const shown = async () => {
      const visible = await Promise.all(fields.map((name) => field(name).isVisible()));
      return fields.filter((_name, index) => visible[index]);
    };
    const account = ['token', 'sessionId', 'sessionSign'];
    await open('add');
    await market('TradingView').focus();
    assert.deepEqual(await shown(), [...account, 'plan', 'grace', 'proxy']);
    await editor.screenshot('connection-live');
    await page.keyboard.press('ArrowRight');
    assert.ok(await market('Practice market').isChecked());
    assert.deepEqual(await shown(), ['plan', 'grace']);
    await editor.screenshot('connection-practice');
    await page.keyboard.press('ArrowRight');
    assert.ok(await market('Own server').isChecked());
    assert.deepEqual(await shown(), ['url', 'httpUrl', ...account, 'plan', 'grace', 'proxy']);
    await editor.screenshot('connection-own');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await shown(), fields);
    await page.locator('#node-config-input-server.input-error').waitFor();
    await page.keyboard.type('MARKET');
    assert.equal(await field('server').inputValue(), variable('MARKET'));
    await page.locator('#node-config-input-server:not(.input-error)').waitFor();
    await field('url').fill('ws://127.0.0.1:9/');
    assert.doesNotMatch((await page.locator('.red-ui-tray').last().textContent()) ?? '', /tv-connection\.\w/);
    await editor.end('node-config-dialog-ok');
    await editor.editConnection('edit');
    assert.equal(await field('server').inputValue(), variable('MARKET'));
    assert.ok(await market('Environment variable').isChecked());
    await cancel();
  });

  it('shows what each plan allows', async () => {
    await open('edit');
    for (const plan of PLAN_NAMES) {
      const { studies, candles } = planLimits(plan);
      await field('plan').selectOption(plan);
      const text = await field('plan').locator('option:checked').textContent();
      assert.match(
        text ?? '',
        new RegExp(`: ${studies} studies per series, ${candles.toLocaleString('en-US')} candles$`),
      );
      assert.equal(await field('maxStudies').getAttribute('placeholder'), `${studies}, as the plan allows`);
    }
    await cancel();
  });

  it('tries the market as typed, and says in words how that went', async () => {
    await open('add');
    await editor.chooseMarket('practice');
    let release = () => {};
    const seen = new Promise<void>((resolve) => {
      release = resolve;
    });
    await editor.page.route(/tradingview\/test$/, async (route) => {
      await seen;
      await route.continue();
    });
    await press();
    await words().filter({ hasText: 'Connecting' }).waitFor();
    assert.equal(await words().getAttribute('aria-busy'), 'true');
    await editor.page.keyboard.press('Enter'); // once more, in vain
    release();
    await words().filter({ hasText: 'It works. Connected and signed in. The first candle' }).waitFor();
    assert.equal(await words().getAttribute('aria-busy'), 'false');
    await editor.screenshot('connection-works');
    await editor.chooseMarket('live');
    assert.equal(await words().textContent(), '', 'that was another market');
    await field('token').fill('no-token-at-all');
    await editor.chooseMarket('practice');
    await press();
    await words().filter({ hasText: 'It does not work.' }).filter({ hasText: 'token' }).waitFor();
    await editor.screenshot('connection-fails');
    assert.equal(await editor.page.getByRole('status').filter({ hasText: 'no-token-at-all' }).count(), 0);
    assert.deepEqual(tried, [{ server: 'practice' }, { server: 'practice', token: 'no-token-at-all' }]);
    await cancel();
  });

  it('says that a server of one’s own is to be deployed first', async () => {
    await open('add');
    await editor.chooseMarket('custom');
    await field('url').fill('ws://127.0.0.1:9/');
    await press();
    await words().filter({ hasText: 'only as it is deployed' }).waitFor();
    assert.deepEqual(tried, []);
    await cancel();
  });

  it('never sends a stored password, but has it tried as deployed', async () => {
    await open('edit');
    await editor.chooseMarket('live');
    await field('token').fill(practiceToken({ expires: Date.now() + 200 * 60_000 }));
    await editor.chooseMarket('practice');
    await editor.end('node-config-dialog-ok');
    await editor.end('node-dialog-ok');
    await editor.deploy();
    await editor.status(NODE).filter({ hasText: 'live' }).waitFor();
    await open('edit');
    await press();
    await words().filter({ hasText: 'It works.' }).waitFor();
    await field('sessionId').waitFor({ state: 'hidden' });
    await editor.chooseMarket('live');
    await field('sessionId').fill('a-session');
    await editor.chooseMarket('practice');
    await press();
    await words().filter({ hasText: 'stored passwords were not used' }).waitFor();
    assert.deepEqual(tried, [{ connection: CONNECTION }, { server: 'practice', sessionId: 'a-session' }]);
    await cancel();
  });

  it('shows how a deployed connection is doing, as long as it is open', async () => {
    const { page } = editor;
    await page.clock.install();
    await open('edit');
    await life('Live · nodes: 1 · series open: 1 · reconnects: 0 · token expires in 3 h').waitFor();
    await editor.screenshot('connection-deployed');
    assert.equal(watched, 1);
    const again = page.waitForResponse(/tradingview\/connections/);
    await page.clock.runFor(3_000);
    await again;
    assert.equal(watched, 2);
    await cancel();
    await page.clock.runFor(20_000);
    assert.equal(watched, 2);
    await open('add');
    await page.locator('#livetick-life').waitFor({ state: 'hidden' });
    await cancel();
    await page.clock.runFor(20_000);
    assert.equal(watched, 2);
  });
});
