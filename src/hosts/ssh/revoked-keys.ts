import {readFile} from 'node:fs/promises';
import {err, ok, type Result} from '../../base/result.js';
import {keyType} from './known-hosts.js';

/** A host key that `RevokedHostKeys` of the ssh configuration names. */
export interface RevokedKey {
  /** `file:line`, for messages. */
  readonly at: string;
  readonly key: Buffer;
}

/** What a key revocation list of OpenSSH begins with. */
const KRL = 'SSHKRL\n\0';

/** The key of a line, whatever stands in front of it or behind it. */
function keysOf(line: string): readonly Buffer[] {
  if (/^\s*#/.test(line)) return [];
  const words = line.trim().split(/[ \t]+/);
  return words.flatMap((word, index) => {
    const key = Buffer.from(words[index + 1] ?? '', 'base64');
    return keyType(key) === word ? [key] : [];
  });
}

/**
 * As OpenSSH does, a file that cannot be read revokes every key: the error says why. A list in the binary form is refused
 * rather than ignored.
 */
export async function readRevokedKeys(
  files: readonly string[],
): Promise<Result<readonly RevokedKey[], string>> {
  const found: RevokedKey[] = [];
  for (const file of files) {
    const bytes = await readFile(file).catch((error: unknown) => error as NodeJS.ErrnoException);
    if (bytes instanceof Error) return err(`it cannot be read (${bytes.code ?? ''})`);
    if (bytes.toString('latin1', 0, KRL.length) === KRL)
      return err('it is a list in the binary form, which cm does not read');
    for (const [index, line] of bytes.toString('utf8').split('\n').entries())
      found.push(...keysOf(line).map((key) => ({at: `${file}:${index + 1}`, key})));
  }
  return ok(found);
}
