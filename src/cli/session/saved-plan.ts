import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Planned, Decision} from '../../planner/change.js';
import {list, one, record, shape, text} from '../../state/shape.js';
import type {Context} from './context.js';
import type {Selection} from '../command-line/options.js';
import {readPlanFile, type PlanFile} from './plan-files.js';

/** What was decided of one plan, and from what. */
interface SavedPlan {
  readonly name: string;
  readonly hash: string;
  readonly fingerprints: Planned['fingerprints'];
  /** By container: `move alpha beta stateful`. */
  readonly decisions: Readonly<Record<string, string>>;
}

/** What `cm plan --out` writes: the plan's own text, what was decided, and what a person was shown. */
export interface SavedFile {
  readonly 'cm-plan': 1;
  readonly cm: string;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly commit?: string;
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  readonly files: readonly PlanFile[];
  readonly plans: readonly SavedPlan[];
  readonly rendered: string;
}

/** The decision of what has nothing to do. */
const STAY = 'stay';

function decisionOf(decision: Decision): string {
  const {action} = decision;
  if (action === 'none') return STAY;
  if (action === 'refused') return action;
  if (action === 'move') {
    const {from, to, strategy} = decision.change;
    return `move ${from} ${to} ${strategy}`;
  }
  if ('id' in decision) return `${action} ${decision.id}`;
  if ('on' in decision) return `${action} ${decision.on}`;
  return `${action} ${decision.from} ${decision.to}`;
}

const decisionsOf = ({decisions}: Planned): Readonly<Record<string, string>> =>
  Object.fromEntries(decisions.map((each) => [each.container.name, decisionOf(each)]));

export const savePlanned = (planned: Planned): SavedPlan => ({
  name: planned.plan.name,
  hash: planned.plan.hash,
  fingerprints: planned.fingerprints,
  decisions: decisionsOf(planned),
});

/** Told by its content, whatever the file is called. */
export const isSaved = (text: string): boolean => /^\s*\{\s*"cm-plan"\s*:/u.test(text);

const isSavedFile = shape(
  {
    'cm-plan': one(1),
    cm: text,
    savedAt: text,
    only: list(text),
    exclude: list(text),
    files: list(shape({name: text, folder: text, text})),
    plans: list(
      shape({name: text, hash: text, fingerprints: record(text), decisions: record(text)}),
    ),
    rendered: text,
  },
  {commit: text},
);

/** Undefined when the text is not what `cm plan --out` writes. */
function readSaved(content: string): SavedFile | undefined {
  try {
    const value: unknown = JSON.parse(content);
    return isSavedFile(value) ? (value as SavedFile) : undefined;
  } catch {
    return undefined;
  }
}

/** A saved plan, and what the user calls it. */
export interface Saved {
  readonly name: string;
  readonly file: SavedFile;
}

const damaged = (name: string): Problem => ({
  kind: 'plan',
  code: 'bad-saved-plan',
  message: `"${name}" looks like a saved plan, and is not what "cm plan --out" writes`,
  remedy: 'make the plan again with "cm plan --out"',
});

/** The one file of the command line, when it is one that `cm plan --out` wrote. */
export async function findSaved(
  {machine, untrusted}: Context,
  {files}: {readonly files: readonly string[]},
): Promise<Result<Saved | undefined, Problem>> {
  const [name, ...others] = files;
  if (name === undefined || name === '-' || others.length > 0) return ok(undefined);
  const read = await readPlanFile(name, {
    cwd: machine.cwd,
    untrusted: untrusted !== undefined,
    readStdin: () => Promise.resolve(''),
  });
  // What cannot be read is told by who reads plans.
  if (!read.ok || !isSaved(read.value.text)) return ok(undefined);
  const file = readSaved(read.value.text);
  return file ? ok({name, file}) : err(damaged(name));
}

/** The file says who made it, which need not be true. */
export function introduce({name, file}: Saved): readonly string[] {
  const of = file.commit === undefined ? '' : ` of commit ${file.commit.slice(0, 12)}`;
  const plans = file.files.map((each) => `"${each.name}"`).join(', ');
  return [
    `"${name}" is a saved plan: made by cm ${file.cm} at ${file.savedAt}${of}`,
    `it holds the text of ${plans}; those files themselves are not read`,
  ];
}

/** What every verb says that needs a plan and was given a saved one. */
export function savedAlready(name: string): Problem {
  const file = name === '<stdin>' ? 'FILE' : name;
  return {
    kind: 'plan',
    code: 'saved-plan',
    message: `"${name}" is a saved plan, not a plan`,
    remedy: `show it alone with "cm plan ${file}", or apply it with "cm apply ${file}"`,
  };
}

/** Part of a saved plan is not what was saved. */
export const refuseChoice = ({only, exclude}: Selection): Problem | undefined =>
  only.length === 0 && exclude.length === 0
    ? undefined
    : {
        kind: 'plan',
        code: 'saved-plan-is-whole',
        message:
          'a saved plan is shown and applied as a whole: --only and --exclude were chosen when it was saved',
        remedy: 'choose with "cm plan --only NAME --out FILE", and use that file',
      };

/** Applying it would have something to do, or to refuse. */
export const savesChanges = ({plans}: SavedFile): boolean =>
  plans.some(({decisions}) => Object.values(decisions).some((each) => each !== STAY));

interface Seen {
  readonly host: string;
  readonly what: string;
}

/** A fingerprint is a list of what each host showed; see planner/situation/fingerprint.ts. */
function readFingerprint(text: string | undefined): readonly Seen[] {
  const value: unknown = JSON.parse(text ?? '[]');
  if (!Array.isArray(value)) return [];
  return value.map((entry: unknown) => {
    const [host, found] = Array.isArray(entry) ? (entry as unknown[]) : [];
    const state = Array.isArray(found)
      ? String(found[1])
      : found === 'dark'
        ? 'not seen'
        : 'absent';
    const id = Array.isArray(found) ? ` (${String(found[0]).slice(0, 12)})` : '';
    return {host: String(host), what: `${state}${id}`};
  });
}

function describe(was: string | undefined, is: string | undefined): string {
  const before = readFingerprint(was);
  const words = readFingerprint(is).flatMap(({host, what}) => {
    const old = before.find((each) => each.host === host)?.what ?? 'not looked at';
    return old === what ? [] : [`on ${host} it was ${old} and is ${what}`];
  });
  return words.length > 0
    ? words.join('; ')
    : 'it was restarted, or made anew, or moved in between';
}

const refuse = (code: string, message: string, container?: string): Problem => ({
  kind: 'preflight',
  code,
  message,
  remedy: 'make the plan again with "cm plan --out", and look at it',
  ...(container !== undefined && {container}),
});

/** What has moved since the plan was saved; empty when applying it does exactly what was shown. */
export function whatMoved(saved: SavedPlan, planned: Planned): readonly Problem[] {
  const {name, hash} = planned.plan;
  if (saved.hash !== hash)
    return [
      refuse('plan-changed', `plan "${name}" is not as it was saved: a variable in it has changed`),
    ];
  const decisions = decisionsOf(planned);
  return planned.decisions.flatMap(({container: {name: container}}) => {
    const was = saved.fingerprints[container];
    const is = planned.fingerprints[container];
    if (was !== is)
      return [
        refuse(
          'world-moved',
          `container "${container}" has changed: ${describe(was, is)}`,
          container,
        ),
      ];
    const [before, now] = [saved.decisions[container], decisions[container]];
    if (before === now) return [];
    const message = `container "${container}" would now get "${now ?? 'nothing'}", not "${before ?? 'nothing'}"`;
    return [refuse('decision-changed', message, container)];
  });
}
