// The whole suite: first the tests of a real Node-RED and in a real browser, for they take long. Files that keep a browser busy
// and such that mostly wait for a clock come by turns: two cores get through them sooner than through the one and then the other.
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const filesIn = (room) =>
  readdirSync(join(__dirname, room))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(__dirname, room, name));

const [waiting, busy] = ['runtime', 'editor'].map(filesIn);
const slow = waiting.flatMap((file, n) => [file, ...busy.slice(n, n + 1)]).concat(busy.slice(waiting.length));

module.exports = {
  ...require('../.mocharc.json'),
  parallel: true,
  jobs: 3,
  spec: [...slow, join(__dirname, '**/*.test.ts')],
};
