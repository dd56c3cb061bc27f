import {enginesOf} from '../../src/engines/registry.js';
import {describe, expect, test} from 'vitest';
import {shortName} from '../../src/base/host-words.js';
import {docker} from '../../src/engines/docker/docker.js';
import type {Engine} from '../../src/engines/engine.js';
import {asRecord, isRecord} from '../../src/base/json.js';
import {podman} from '../../src/engines/podman/podman.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {container, observed, plan, view} from '../planner/world.js';
import {recording, valueOf} from './recording.js';

/** What no container is described with: words of other types, other lines, options, and what is too much. */
const values: readonly unknown[] = [
  ...['devpts', '', '-x', '../x', '/a/../b', 'a\nb', 'a\u0000b', '--rm', ' ', 'x'.repeat(5000)],
  ...[-1, 1.5, 2 ** 53, true, null, [], {}, [null], ['devpts'], {Source: 'x'}, [{Source: 'x'}]],
];

const whole = process.env['TEST_RING'] === 'all';

interface Change {
  readonly path: string;
  readonly value: unknown;
  readonly changed: unknown;
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The paths of all that a description says, down to its last values. */
const pathsIn = (tree: unknown): readonly (readonly string[])[] =>
  isTree(tree)
    ? Object.entries(tree).flatMap(([key, value]) => [
        [key],
        ...pathsIn(value).map((rest) => [key, ...rest]),
      ])
    : [];

function withValue(tree: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  const copy: unknown = Array.isArray(tree) ? [...(tree as unknown[])] : {...asRecord(tree)};
  const here = copy as Record<string, unknown>;
  here[key] = rest.length === 0 ? value : withValue(here[key], rest, value);
  return copy;
}

/** Each field of a description with a bad value in its place; with all of them where everything is tested. */
function* changesOf(tree: unknown): Iterable<Change> {
  for (const [index, path] of pathsIn(tree).entries())
    for (const [at, value] of values.entries())
      if (whole || at === index % values.length)
        yield {path: path.join('.'), value, changed: withValue(tree, path, value)};
}

const parsed = (text: string): unknown => JSON.parse(text);

/** The descriptions of single containers in an answer, and how to put another one in the place of one. */
type Described = readonly {readonly tree: unknown; readonly put: (other: unknown) => string}[];

const inArray = (answer: string): Described => {
  const [text = '[]'] = /^\[$[\s\S]*?^\]$/m.exec(answer) ?? [];
  const all = parsed(text) as readonly unknown[];
  return all.map((tree, at) => ({
    tree,
    put: (other) => answer.replace(text, () => JSON.stringify(all.with(at, other), undefined, 1)),
  }));
};

const inLines = (answer: string): Described =>
  (/^@@cm\tneighbours\n([\s\S]*?)\n@@cm/m.exec(answer)?.[1] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{"Id":'))
    .map((line) => ({
      tree: parsed(line),
      put: (other) => answer.replace(line, () => JSON.stringify(other)),
    }));

const inSections = (answer: string): Described =>
  [...answer.matchAll(/^@@cm\tconfig\t\w+\n([\s\S]*?)\n(?=\n?@@cm)/gm)].map(([, text = '']) => ({
    tree: parsed(text),
    put: (other) => answer.replace(text, () => JSON.stringify(other)),
  }));

const engines: readonly (readonly [string, Engine, string, (answer: string) => Described])[] = [
  ['podman', podman, 'podman-5.4.2-look', inArray],
  ['docker', docker, 'docker-26.1.5-look', inArray],
  ['runc', runc, 'runc-1.1.15-look', inSections],
];

/** Where each container of a look stands, with all of them in one plan. */
function decisions(engine: Engine, answer: string, names: readonly string[]) {
  const look = valueOf(engine.readLook(answer));
  const planned = planMoves({
    plan: plan(names.map((name) => container(name, 'alpha'))),
    observed: observed(view('alpha', {engine: engine.name, look})),
    engines: enginesOf([engine]),
    ...{run: 'r1', at: '2026-01-01T00:00:00Z'},
  });
  return new Map(
    planned.decisions.map((each) => [
      each.container.name,
      each.action === 'refused' ? each.problems.map(({code}) => code).join() : each.action,
    ]),
  );
}

describe.each(engines)('%s: one field of one container has a bad value', (_, engine, name, in_) => {
  const answer = recording(name);
  const truth = valueOf(engine.readLook(answer)).containers;
  const names = truth.map((each) => each.name);
  const all = in_(answer);

  test('the others are what they were, and it is refused alone or is harmless', () => {
    expect(all.length).toBe(truth.length);
    let refused = 0;
    for (const [index, {tree, put}] of all.entries())
      for (const {path, value, changed} of changesOf(tree)) {
        const told = `${names[index] ?? ''} ${path} = ${JSON.stringify(value).slice(0, 60)}`;
        const read = engine.readLook(put(changed));
        // An engine that gives one without a name does not say which of those that were asked for it is.
        if (!read.ok) expect(path, told).toBe('Name');
        if (!read.ok) continue;
        const {containers, unreadable = []} = read.value;
        const rest = truth.filter((each) => each.name !== names[index]);
        expect(containers.filter((each) => rest.some((other) => other.name === each.name))).toEqual(
          rest,
        );
        for (const odd of unreadable) {
          refused += 1;
          expect(odd.reason, told).not.toBe('');
          expect(shortName.fits(odd.name), told).toBe(true);
        }
        expect(containers.length + unreadable.length, told).toBe(truth.length);
      }
    expect(refused).toBeGreaterThan(20);
  });

  test('the plan deals with all but that one', () => {
    const before = decisions(engine, answer, names);
    for (const [index, {tree, put}] of all.entries()) {
      const bad = [...changesOf(tree)].find(({changed}) => {
        const read = engine.readLook(put(changed));
        return read.ok && read.value.unreadable?.some((each) => each.name === names[index]);
      });
      if (!bad) throw new Error(`no value of "${names[index] ?? ''}" makes it unreadable`);
      const after = decisions(engine, put(bad.changed), names);
      expect(after.get(names[index] ?? '')).toBe('container-unreadable');
      for (const other of names.filter((each) => each !== names[index]))
        expect(after.get(other)).toBe(before.get(other));
    }
  });
});

const surveys: readonly (readonly [string, Engine, string, (answer: string) => Described])[] = [
  ['podman', podman, 'podman-5.4.2-survey', inLines],
  ['docker', docker, 'docker-26.1.5-survey', inLines],
  ['runc', runc, 'runc-1.1.15-survey', inSections],
];

test.each(surveys)('%s: a neighbour that cannot be read hides no other', (_, engine, name, in_) => {
  const question = {leaving: [], arriving: []};
  const answer = recording(name);
  const truth = valueOf(engine.readSurvey(answer, question)).neighbours;
  const all = in_(answer);
  expect(all.length).toBeGreaterThan(1);
  for (const {tree, put} of all) {
    const itself = isRecord(tree) ? tree['Name'] : undefined;
    for (const {path, value, changed} of changesOf(tree)) {
      const told = `${String(itself)} ${path} = ${JSON.stringify(value).slice(0, 60)}`;
      const {neighbours} = valueOf(engine.readSurvey(put(changed), question));
      expect(neighbours.length, told).toBe(truth.length);
      const same = neighbours.filter((each) =>
        truth.some((other) => JSON.stringify(other) === JSON.stringify(each)),
      );
      expect(same.length, told).toBeGreaterThanOrEqual(truth.length - 1);
    }
  }
});
