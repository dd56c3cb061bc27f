import {readFile} from 'node:fs/promises';

const sysResource = 24;

/** What cannot be tried on this machine, one sentence each, so that a test or a demo can say so instead of failing oddly. */
export async function readCaveats(): Promise<readonly string[]> {
  return caveats(await readFile('/proc/self/status', 'utf8').catch(() => ''));
}

/** From the text of `/proc/self/status`. */
export function caveats(status: string): readonly string[] {
  const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1];
  if (bounding === undefined || (BigInt(`0x${bounding}`) >> BigInt(sysResource)) & 1n) return [];
  return [
    'root here lacks CAP_SYS_RESOURCE, so CRIU can checkpoint only processes of root itself (or of a user namespace of the container)',
  ];
}
