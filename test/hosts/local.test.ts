import {expect, test} from 'vitest';
import {command} from '../../src/base/command.js';
import {localTransport} from '../../src/hosts/local.js';
import {withHead} from '../../src/hosts/remote-line.js';
import {must, transportContract} from './contract.js';

const env = {PATH: process.env['PATH'] ?? '', ONLY: 'this'};

transportContract('the local transport', () =>
  Promise.resolve({transport: localTransport('here', env), close: () => Promise.resolve()}),
);

transportContract('the local transport as a host of a plan', () =>
  Promise.resolve({
    transport: localTransport('here', env, withHead),
    close: () => Promise.resolve(),
  }),
);

test('a local program sees the environment that was handed over and nothing else', async () => {
  const output = must(await localTransport('here', env).run(command('env')));
  expect(
    output.stdout
      .split('\n')
      .filter((line) => !/^(_|PWD|SHLVL)=/.test(line))
      .sort(),
  ).toEqual(['', `ONLY=this`, `PATH=${env.PATH}`].sort());
});

test('the local machine has no endpoint', async () => {
  expect(must(await localTransport('here', env).endpoint())).toBeUndefined();
});
