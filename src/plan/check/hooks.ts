import type {HookDocument, HookPointDocument, PlanDocument} from '../generated/document.js';
import type {Finding} from './finding.js';
import {quote} from '../parse/quote.js';
import type {Path} from '../parse/yaml-document.js';

type HookPoints = Readonly<Record<string, HookPointDocument | undefined>>;

interface FoundHook {
  readonly hook: HookDocument;
  readonly point: string;
  readonly path: Path;
}

function* eachHook(points: HookPoints, path: Path): Generator<FoundHook> {
  for (const [point, written] of Object.entries(points)) {
    if (written === undefined || point.startsWith('x-')) continue;
    if (!Array.isArray(written)) yield {hook: written, point, path: [...path, point]};
    else {
      for (const [index, hook] of written.entries()) {
        yield {hook, point, path: [...path, point, String(index)]};
      }
    }
  }
}

function checkUndo({hook, point, path}: FoundHook): readonly Finding[] {
  if (!hook.undo || point === 'redirect') return [];
  const message = `a ${quote(point)} hook cannot be undone`;
  const remedy = 'only "redirect" takes an "undo"; use "onRollback" for the others';
  return [{code: 'undo-not-here', message, remedy, path: [...path, 'undo'], part: 'key'}];
}

function checkWhere({hook, path}: FoundHook, isOfPlan: boolean): readonly Finding[] {
  const {on = 'runner'} = hook;
  if (hook.in !== undefined && hook.on !== undefined && on !== 'container') {
    const message = `the hook is said to run on ${quote(on)} and in the container`;
    const other = {path: [...path, 'in'], part: 'key' as const, note: 'the other one'};
    const remedy = 'remove "on" or "in"';
    return [{code: 'two-places', message, remedy, path: [...path, 'on'], other}];
  }
  if (!isOfPlan || (hook.in ?? on) === 'runner') return [];
  const key = hook.in === undefined ? 'on' : 'in';
  const message = 'hooks of the plan run on the runner, for they belong to no container';
  const remedy = `remove ${quote(key)}, or move the hook to a container`;
  return [{code: 'hook-of-plan', message, remedy, path: [...path, key]}];
}

/** What the schema cannot say about hooks. */
export function checkHooks(data: PlanDocument): readonly Finding[] {
  const ofContainers = Object.entries(data.containers).flatMap(([name, {hooks = {}}]) => [
    ...eachHook({...hooks}, ['containers', name, 'hooks']),
  ]);
  const ofDefaults = [...eachHook({...data.defaults?.hooks}, ['defaults', 'hooks'])];
  const ofPlan = [...eachHook({...data.hooks}, ['hooks'])];
  return [
    ...ofPlan.flatMap((found) => [...checkUndo(found), ...checkWhere(found, true)]),
    ...[...ofDefaults, ...ofContainers].flatMap((found) => [
      ...checkUndo(found),
      ...checkWhere(found, false),
    ]),
  ];
}
