import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Receiver, Sent, SendProgress} from '../../hosts/link/link.js';
import {Meter} from './meter.js';
import {guarded, performRun} from './perform-run.js';
import type {ActOf, Cue, Performed, Stage} from './performance.js';

/** Receivers are guarded like every command that changes something: they may be used later. */
export async function performOpenLink(
  stage: Stage,
  act: ActOf<'open-link'>,
  cue: Cue,
): Promise<Performed> {
  const from = await stage.transportOf(act.from);
  if (!from.ok) return from;
  const to = await stage.transportOf(act.to);
  if (!to.ok) return to;
  const guard = (receiver: Receiver): Receiver =>
    receiver.kind === 'folder'
      ? receiver
      : {...receiver, command: guarded(stage, cue, act.to, receiver.command, 'later')};
  const receivers = Object.fromEntries(
    Object.entries(act.receivers).map(([name, receiver]) => [name, guard(receiver)]),
  );
  const opened = await stage.openLink(from.value, to.value, {...act, receivers});
  if (!opened.ok) return opened;
  stage.links.set(act.link, {link: opened.value, from: act.from});
  return ok({});
}

export async function performSealLink(
  stage: Stage,
  act: ActOf<'seal-link'>,
  cue: Cue,
): Promise<Performed> {
  const open = stage.links.get(act.link);
  if (!open) return err(notOpen(act.link, cue));
  const sealed = await open.link.seal();
  return sealed.ok ? ok({}) : err({container: cue.lane, ...sealed.error});
}

/** A link that was never opened, or is closed already, is closed. */
export async function performCloseLink(stage: Stage, act: ActOf<'close-link'>): Promise<Performed> {
  const open = stage.links.get(act.link);
  stage.links.delete(act.link);
  const [first, ...others] = (await open?.link.close()) ?? [];
  for (const problem of others) stage.say({type: 'warning', at: stage.clock.now(), problem});
  return first ? err(first) : ok({});
}

export const notOpen = (link: string, {lane}: Cue): Problem => ({
  kind: 'step',
  code: 'link-not-open',
  container: lane,
  message: `the link "${link}" is not open`,
});

/** Tells how far a step has come. */
export const meterOf = ({clock, say}: Stage, {step}: Cue, total: number): Meter =>
  new Meter(
    () => clock.now(),
    (bytes, rate) => {
      say({type: 'step-progress', at: clock.now(), step, bytes, total, rate});
    },
  );

interface Streaming {
  readonly onProgress: (progress: SendProgress) => void;
  readonly signal?: AbortSignal;
}

/** Passes on progress, and what came out of it. */
async function stream(
  stage: Stage,
  cue: Cue,
  total: number,
  start: (options: Streaming) => Promise<Result<Sent, Problem>>,
): Promise<Performed> {
  const meter = meterOf(stage, cue, total);
  const sent = await start({onProgress: meter.saw, ...(cue.signal && {signal: cue.signal})});
  if (!sent.ok) return err({container: cue.lane, ...sent.error});
  const figures = stage.figuresOf(sent.value.notes) ?? stage.figuresOf(sent.value.answer);
  return ok({bytes: sent.value.bytes, ...(figures && {figures})});
}

export async function performSend(stage: Stage, act: ActOf<'send'>, cue: Cue): Promise<Performed> {
  const open = stage.links.get(act.link);
  if (!open) return err(notOpen(act.link, cue));
  const producer = guarded(stage, cue, open.from, act.producer);
  return stream(stage, cue, act.bytes, async (options) =>
    open.link.send(producer, act.receiver, options),
  );
}

export async function performSync(stage: Stage, act: ActOf<'sync'>, cue: Cue): Promise<Performed> {
  const open = stage.links.get(act.link);
  if (!open) return err(notOpen(act.link, cue));
  if (act.once) {
    const waited = await performRun(
      stage,
      {kind: 'run', host: open.from, command: act.once, reads: true},
      cue,
    );
    if (!waited.ok) return waited;
  }
  return stream(stage, cue, act.bytes, async (options) =>
    open.link.sync(act.folder, act.receiver, {
      ...options,
      ...(act.live && {live: true}),
      ...(act.real && {real: true}),
    }),
  );
}
