import {spawn} from 'node:child_process';
import {constants} from 'node:os';
import type {Argv} from '../../../base/command.js';
import type {Problem} from '../../../base/problem.js';
import type {Result} from '../../../base/result.js';
import {quote} from '../../../hosts/quote.js';
import {findHost, link, loadImage, reboot} from '../../../lab/lab.js';
import type {Lab} from '../../../lab/lab-state.js';
import type {LabPlace} from '../../../lab/place.js';
import {sshArgv} from '../../../lab/host/ssh.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import type {LabHostAction} from './actions.js';

/** Runs ssh on this terminal; its exit code, or the shell's 128 + n for a signal. */
function onTerminal([program, ...words]: Argv, {machine}: Context): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {stdio: 'inherit', env: machine.env});
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

export const done = ({fail}: Context, result: Result<unknown, Problem>): number =>
  result.ok ? exits.done : fail([result.error]);

/** What `cm lab` does to one host. */
export async function actOnHost(
  context: Context,
  place: LabPlace,
  lab: Lab,
  asked: LabHostAction,
): Promise<number> {
  const host = findHost(lab, asked.host);
  if (!host.ok) return context.fail([host.error]);
  switch (asked.what) {
    case 'reboot':
      return done(context, await reboot(place, lab, asked.host));
    case 'link':
      return done(context, await link(lab, asked.host, asked.to));
    case 'load': {
      const image = await loadImage(lab, asked.host, asked.image);
      if (image.ok) context.printer.result(image.value);
      return done(context, image);
    }
    case 'ssh':
      return onTerminal(sshArgv(lab, asked.host, asked.words), context);
    case 'exec': {
      const [program, ...words] = asked.words;
      if (program === undefined) return exits.usage;
      return onTerminal(sshArgv(lab, asked.host, [quote([program, ...words])]), context);
    }
  }
}
