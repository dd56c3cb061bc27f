import {expect, test} from 'vitest';
import type {Machine} from '../../src/cli/session/machine.js';
import {notAgreed} from '../../src/cli/verbs/unlock/unlock.js';
import type {LeaseRow} from '../../src/report/text/status-text.js';

/** With nobody at it. */
const machine = {
  env: {},
  stdin: {isTTY: false},
  stderr: {isTTY: false},
} as unknown as Machine;

const lease = (expired: boolean): LeaseRow => ({
  ...{host: 'alpha', name: 'redis', run: 'r1', owner: 'ann@desk', plan: 'p'},
  ...{since: '2026-01-01T00:00:00Z', ageSeconds: 3, expired},
});

test.each([
  [true, false, false, 'nobody-to-ask'],
  [true, true, false, undefined],
  [false, false, false, undefined],
  [true, false, true, undefined],
])(
  'unlock --force %s --yes %s, of a dead run %s: %s',
  async (force, yes, expired, code: string | undefined) => {
    const refused = await notAgreed({machine}, [lease(expired)], {force, yes});
    expect(refused?.code).toBe(code);
  },
);
