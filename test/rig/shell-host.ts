import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Command} from '../../src/base/command.js';
import type {Output} from '../../src/hosts/transport.js';

/**
 * Runs the scripts meant for hosts on this machine, for real, with `/run/cm` and `/var/lib/cm` moved
 * into a temporary folder.
 */
export class ShellHost {
  readonly root = mkdtempSync(path.join(tmpdir(), 'cm-host-'));

  at(absolute: string): string {
    return this.root + absolute;
  }

  /** The same command with the folders of `cm` inside of this host's root. */
  moved(command: Command): Command {
    const move = (word: string): string =>
      word.replaceAll(/(^|[^\w./-])(\/run\/cm|\/var\/lib\/cm)/g, `$1${this.root}$2`);
    const [program, ...rest] = command.argv;
    return {...command, argv: [program, ...rest.map(move)]};
  }

  async run(command: Command): Promise<Output> {
    const [program, ...rest] = this.moved(command).argv;
    const started = Date.now();
    return new Promise((resolve, reject) => {
      const child = spawn(program, rest, {stdio: 'pipe'});
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({code: code ?? 255, stdout, stderr, durationMs: Date.now() - started});
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(command.stdin ?? '');
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, {recursive: true, force: true});
  }
}
