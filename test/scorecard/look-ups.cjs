// Preloaded into node-red-dev: answers what it would ask of the network from the file that LOOK_UPS names.
const Module = require('node:module');
const { readFileSync } = require('node:fs');

const { addresses, packages, dependencies } = JSON.parse(readFileSync(process.env.LOOK_UPS, 'utf8'));

const STAND_INS = {
  axios: {
    async get(url) {
      if (!Object.hasOwn(addresses, url))
        throw new Error(`node-red-dev asks for ${url}, which the scorecard does not answer.`);
      return { data: addresses[url] };
    },
  },
  'npm-remote-ls': {
    config() {},
    // It asks for the first dependency only; it is told what all of them bring.
    ls: (_name, _version, _flatten, done) => done(packages),
  },
  'npm-check': async () => ({ get: () => dependencies }),
};

const load = Module._load;
Module._load = function (name, ...rest) {
  return Object.hasOwn(STAND_INS, name) ? STAND_INS[name] : load.call(this, name, ...rest);
};
