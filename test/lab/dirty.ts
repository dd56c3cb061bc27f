import {limit} from '../rig/limits.js';
import {once} from 'node:events';
import {connect} from 'node:net';

/** What the sample image `dirty` says of itself; see src/lab/demo/dirty-source.ts. */
export interface DirtyCheck {
  readonly count: number;
  readonly written: number;
  readonly pages: number;
  /** Of all its memory, by walking over it. */
  readonly memory: string;
  /** The same, as its books say. */
  readonly due: string;
  readonly bad: number;
}

/** One line to a `dirty` and its answer. */
export const askDirty = (host: string, line: string, port = 7000): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({host, port}, () => socket.write(`${line}\n`));
    let said = '';
    // Walking over all memory takes a while under emulation.
    socket.setTimeout(limit(30), () => socket.destroy(new Error(`${host} does not answer`)));
    socket.on('data', (data) => {
      said += data.toString();
      if (!said.endsWith('\n')) return;
      resolve(said.trim());
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => {
      reject(new Error(`${host} hung up after "${said}"`));
    });
  });

/** A connection that stays open from one line to the next. */
export async function holdDirty(host: string, port = 7000) {
  const socket = connect({host, port});
  await once(socket, 'connect');
  return {
    ask: async (line: string): Promise<string> => {
      const answer = once(socket, 'data', {signal: AbortSignal.timeout(60_000)});
      socket.write(`${line}\n`);
      const [said] = (await answer) as [Buffer];
      return said.toString().trim();
    },
    close: () => {
      socket.destroy();
    },
  };
}

export async function checkDirty(host: string): Promise<DirtyCheck> {
  const said = await askDirty(host, 'check');
  const words = new Map(said.split(' ').map((word) => word.split('=', 2) as [string, string]));
  const number = (key: string): number => Number(words.get(key));
  const [memory = '', due = ''] = [words.get('memory'), words.get('due')];
  return {
    ...{count: number('count'), written: number('written'), pages: number('pages')},
    ...{memory, due, bad: number('bad')},
  };
}
