import {expect, test} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import {withoutCommands} from '../../src/report/github/ci-commands.js';
import {createJsonView} from '../../src/report/json/json.js';
import {createLinesView} from '../../src/report/text/lines.js';
import {Printer} from '../../src/report/text/printer.js';

const hostile = [
  ...['::error file=README.md,line=1::spoofed', '##[warning]spoofed', '::stop-commands::abc'],
  ...['::add-mask::moved', '\t ::set-output name=a::b', '\u00a0\u3000::debug::x', '::group::x'],
  ...['##vso[task.setvariable variable=a]b', "##teamcity[buildStatus text='x']", 'a ##[group]x'],
  ...[
    'section_start:1:a[collapsed=true]\r\u001b[0Kx',
    'x\n::error::y',
    'x\r::error::y',
    '##VSO[x]',
  ],
];

/** As their runners decide (actions/runner ActionCommand.cs, azure-pipelines-agent Command.cs). */
function isCommand(line: string): boolean {
  const trimmed = line.replace(/^[\s\u0085]+/, '');
  const second = trimmed.startsWith('::') && trimmed.includes('::', 2);
  return second || /##(?:vso|teamcity)?\[/i.test(line) || /section_(?:start|end):/.test(line);
}

const linesOf = (text: string): readonly string[] => text.split(/\r\n|\r|\n/);

const commandsIn = (text: string): readonly string[] => linesOf(text).filter(isCommand);

test('every one of them would be a command', () => {
  for (const text of hostile) expect([text, commandsIn(text).length]).toEqual([text, 1]);
});

/** All that is printed of a problem with such texts everywhere, and of the events of a run. */
function printed(json: boolean, color: boolean, text: string): string {
  let all = '';
  const out = {write: (more: string) => (all += more)};
  const ability = {color, unicode: true, columns: 80, live: false};
  const printer = new Printer({
    ...{out, err: out, outAbility: ability, errAbility: ability},
    ...{json, quiet: false, github: false},
  });
  const problem: Problem = {
    ...{kind: 'step', code: 'failed', message: text, remedy: text, host: text, container: text},
    ...{command: text, log: [text, `  ${text}`]},
  };
  printer.problems([problem]);
  printer.problems([problem], 'warning');
  printer.result(text);
  printer.note(text);
  printer.record({type: 'host', name: text});
  const view = json ? createJsonView(out) : createLinesView(out, ability);
  view.on({type: 'warning', at: 0, problem});
  return all;
}

test.each([
  [false, false],
  [false, true],
  [true, false],
])('no text of a host becomes a command (JSON %s, colour %s)', (json, color) => {
  for (const text of hostile) {
    const all = printed(json, color, text);
    expect(all.length).toBeGreaterThan(100);
    expect(commandsIn(all)).toEqual([]);
  }
});

test('JSON stays what it is, and other texts too', () => {
  for (const text of hostile) {
    const [first = ''] = printed(true, false, text).split('\n');
    expect(JSON.parse(first)).toMatchObject({message: text, log: [text, `  ${text}`]});
  }
  for (const text of ['fe80::1 and ::1', '::ffff:10.0.0.1', '# [a](b)', 'a::b::c', '## title'])
    expect(withoutCommands(text)).toBe(text);
});
