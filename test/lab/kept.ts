import type {Ended, Line} from './cm-run.js';
import type {Rig} from './rig.js';

/** What it told of kept checkpoints. */
export const checkpointsIn = ({lines}: Ended): readonly Line[] =>
  lines.filter(({type}) => type === 'checkpoint');

/** What is kept, oldest first. */
export const checkpoints = async (rig: Rig, plan: string): Promise<readonly Line[]> =>
  checkpointsIn(await rig.cm('checkpoint', 'ls', plan));

/** All that was left but whole checkpoints of `count`, which are meant to be there. */
export const butKept = (leftovers: readonly string[]): readonly string[] =>
  leftovers.filter((line) => !/checkpoints\/count\/[0-9TZ]+-\w+\//.test(line));

/** What podman does on alpha instead of a restore, so that whoever waits for one can be killed meanwhile. */
const instead = {
  /** It takes its time, and comes to nothing. */
  slow: 'sleep 4; exit 1',
  /** It takes its time when what was restored runs already. */
  late: '/usr/bin/podman "$@"; sleep 3',
};

export async function hinderRestores(
  rig: Rig,
  how: keyof typeof instead,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const podman = '/usr/local/bin/podman';
  const text = `#!/bin/sh
[ "$1 $2" = 'container restore' ] || exec /usr/bin/podman "$@"
${instead[how]}`;
  await rig.shell('alpha', `printf '%s\\n' "$1" > ${podman}; chmod +x ${podman}`, text);
  try {
    await meanwhile();
  } finally {
    await rig.shell('alpha', `rm ${podman}`);
  }
}
