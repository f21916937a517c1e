import assert from 'node:assert/strict';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { practiceToken } from '../../src/simulator/practice-token';
import type { FlowMessage } from '../support/flow-message';
import { MessageSink } from '../support/message-sink';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';

const MINUTE = 60_000;

describe('a token in a real Node-RED', function () {
  this.timeout(120_000);
  let palette: PackedPalette;
  let red: NodeRedProcess;
  const market = new PracticeMarket();
  let sink: MessageSink;

  before(async () => {
    palette = new PackedPalette();
    red = await NodeRedProcess.start(palette.userDir);
    sink = await MessageSink.open();
  });

  after(async () => {
    await red?.stop();
    sink?.close();
    await market.close();
    palette?.remove();
  });

  it('that runs out soon shows in words, with its minutes, while the node works, and stands once in the log', async () => {
    const token = practiceToken({ issued: Date.now() - 240 * MINUTE, expires: Date.now() + 10 * MINUTE });
    const { url } = await market.listen();
    await red.deploy([
      { id: 'f', type: 'tab', label: 'test' },
      { id: 'c', type: 'tv-connection', server: 'custom', url, credentials: { token } },
      {
        id: 'n',
        z: 'f',
        type: 'tv-packets',
        connection: 'c',
        methods: [],
        x: 200,
        y: 100,
        wires: [[]],
      },
      { id: 's', z: 'f', type: 'status', scope: null, x: 200, y: 200, wires: [['sink']] },
      { id: 'k', z: 'f', type: 'catch', scope: null, x: 200, y: 300, wires: [['sink']] },
      ...sink.nodes('f'),
    ]);
    const texts = (all: FlowMessage[]) => all.map(({ status }) => status?.text ?? '');
    const all = await sink.until((sofar) => texts(sofar).some((text) => /expires/.test(text)));
    assert.match(texts(all).find((text) => /expires/.test(text)) ?? '', /^token expires in \d+ min$/);
    await red.until('The token expires in');
    assert.equal(red.output.split('The token expires in').length, 2);
    assert.ok(!red.output.includes(token) && !JSON.stringify(all).includes(token));
  });
});
