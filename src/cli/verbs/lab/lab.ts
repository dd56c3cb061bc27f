import {labStatus, openLab, down} from '../../../lab/lab.js';
import {sshConfigOf, type Lab} from '../../../lab/lab-state.js';
import {hostsBlock} from '../../../lab/host/ssh-files.js';
import {labPlace, type LabPlace} from '../../../lab/place.js';
import {defaultLab, up} from '../../../lab/up.js';
import {alignRows} from '../../../report/text/columns.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import type {LabOptions} from './actions.js';
import {actOnHost, done} from './host.js';

async function raise(
  context: Context,
  place: LabPlace,
  asked: Extract<LabOptions, {readonly what: 'up'}>,
): Promise<number> {
  const lab = await up(place, {
    say: (line) => {
      context.printer.note(line);
    },
    ...(asked.lab !== undefined && {lab: asked.lab}),
    ...(asked.subnet !== undefined && {subnet: asked.subnet}),
    ...(asked.vm !== undefined && {vm: asked.vm}),
    ...(asked.hosts.length > 0 && {hosts: asked.hosts}),
  });
  if (!lab.ok) return context.fail([lab.error]);
  const status = await showStatus(context, lab.value);
  const block = `for a plan:\n\n${hostsBlock(lab.value).trimEnd()}\n`;
  context.printer.result(`\nssh -F ${sshConfigOf(lab.value)} HOST\n\n${block}`);
  return status;
}

async function showStatus({printer, fail}: Context, lab: Lab): Promise<number> {
  const hosts = await labStatus(lab);
  if (!hosts.ok) return fail([hosts.error]);
  const rows = hosts.value.map(({name, address, runs, cable}) => [
    name,
    address,
    runs ? 'runs' : 'is off',
    `cable ${cable}`,
  ]);
  printer.result(alignRows(rows).join('\n'));
  return exits.done;
}

/** `cm lab`: hosts on this machine. */
export async function lab(context: Context, asked: LabOptions): Promise<number> {
  const {machine, printer} = context;
  const place = labPlace(machine);
  if (!place.ok) return context.fail([place.error]);
  const name = asked.lab ?? defaultLab;
  if (asked.what === 'up') return raise(context, place.value, asked);
  if (asked.what === 'down') {
    const removed = await down(place.value, name, asked.hosts);
    if (removed.ok)
      printer.result(
        removed.value.map((what) => `removed ${what}`).join('\n') || 'nothing to remove',
      );
    return done(context, removed);
  }
  if (asked.what === 'demo')
    return (await import('./demo.js')).showDemo(context, place.value, asked.down);
  const open = await openLab(place.value, name);
  if (!open.ok) return context.fail([open.error]);
  if (asked.what === 'status') return showStatus(context, open.value);
  return actOnHost(context, place.value, open.value, asked);
}
