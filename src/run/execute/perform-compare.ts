import type {Problem} from '../../base/problem.js';
import {err, ok} from '../../base/result.js';
import type {Compared} from '../../hosts/link/link.js';
import {inBytes, sum} from '../../planner/amounts.js';
import type {ComparedFolder} from '../../planner/steps/step.js';
import {notOpen} from './perform-link.js';
import type {ActOf, Cue, Performed, Stage} from './performance.js';

/** How many differences stand in the message; more are in its log. */
const FEW = 3;

type Found = Compared & Pick<ComparedFolder, 'what'>;

/** Looks at all folders at the same time, and changes nothing. */
export async function performCompare(
  stage: Stage,
  act: ActOf<'compare'>,
  cue: Cue,
): Promise<Performed> {
  const open = stage.links.get(act.link);
  if (!open) return err(notOpen(act.link, cue));
  const asked = act.folders.map(async ({folder, receiver, real, what}) => {
    const compared = await open.link.compare(folder, receiver, {
      content: act.by === 'digest',
      ...(act.folderTimes === false && {folderTimes: false}),
      ...(real && {real}),
      ...(cue.signal && {signal: cue.signal}),
    });
    return compared.ok ? ok({...compared.value, what}) : compared;
  });
  const found: Found[] = [];
  for (const compared of await Promise.all(asked)) {
    if (!compared.ok) return err({container: cue.lane, ...compared.error});
    found.push(compared.value);
  }
  const differing = sum(found.map((each) => each.differing));
  if (differing > 0) return err(different(differing, found, open.from, act, cue));
  const files = sum(found.map((each) => each.files));
  const bytes = sum(found.map((each) => each.bytes));
  const what = act.by === 'digest' ? 'metadata and content' : 'metadata';
  const times = found.some(({wholeSeconds}) => wholeSeconds) ? ', times in whole seconds' : '';
  return ok({
    fact: `${files} files, ${inBytes(bytes)}: same ${what}${times}`,
    figures: {compared_files: files, compared_bytes: bytes},
  });
}

function different(
  differing: number,
  found: readonly Found[],
  from: string,
  {to}: ActOf<'compare'>,
  {lane}: Cue,
): Problem {
  const lines = found.flatMap(({what, differences}) =>
    differences.map(({path, how}) => `${what}: ${path} (${how})`),
  );
  const named = lines.slice(0, FEW);
  const more = differing > named.length ? `; and ${differing - named.length} more` : '';
  const files = differing === 1 ? '1 file differs' : `${differing} files differ`;
  return {
    kind: 'step',
    code: 'files-differ',
    host: to,
    container: lane,
    message: `${files} on "${to}" from "${from}" after the last copy: ${named.join('; ')}${more}`,
    remedy:
      'see what else writes to these files on either host (a hook, a backup, another container), stop it, and apply again',
    ...(lines.length > FEW && {log: lines}),
  };
}
