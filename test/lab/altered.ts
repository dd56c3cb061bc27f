import type {Rig} from './rig.js';

const files = `cd "$1"; printf good > f; printf same > a; cp -p a b
while [ $(($(date +%s) - $(stat -c %Z b))) -lt 5 ]; do sleep 0.2; done`;

/** Files that nothing has touched for a while: a last pass trusts the time of no others. */
export const quietFiles = async (rig: Rig, host: string, folder: string): Promise<void> => {
  await rig.shell(host, files, folder);
};

/** A hook that changes one of them on the target without a trace in its size and time, and makes two of them one. */
export const alteringHook = (folder: string): string => {
  const text = [
    `cd ${folder}`,
    't=$(stat -c %y f)',
    'printf evil > f',
    'touch -d \\"$t\\" f',
    'ln -f a b',
  ];
  return `beforeFreeze: {run: [sh, -c, "${text.join(' && ')}"], on: target}`;
};

export const alteredContent = 'f (content)';
export const alteredNames = 'b (another name of a on the target alone)';
