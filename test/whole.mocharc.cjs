// The whole suite: first what takes long, then the many quick files.
const { join } = require('node:path');
const real = require('./real.mocharc.cjs');

module.exports = { ...real, spec: [...real.spec, join(__dirname, '**/*.test.ts')] };
