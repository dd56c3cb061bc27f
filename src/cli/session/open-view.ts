import {createJsonView} from '../../report/json/json.js';
import {createLinesView} from '../../report/text/lines.js';
import type {Listener} from '../../report/listener.js';
import type {Context} from './context.js';
import type {RunFlags} from '../command-line/options.js';
import {canRedraw} from '../command-line/screen.js';

const quietView: Listener = {
  on: () => undefined,
  close: () => Promise.resolve([]),
};

/** A live view where somebody looks, lines for logs, JSON for programs. */
export async function openView(
  {printer, machine, globals, mask}: Context,
  wanted: RunFlags['view'],
): Promise<Listener> {
  const {out, err, errAbility} = printer.options;
  if (printer.json) return createJsonView(out);
  if (globals.quiet) return quietView;
  const able = canRedraw(machine.stderr, machine.env);
  // A terminal that cannot go back up would show nothing of a view that is redrawn, also when it is asked for.
  const live = wanted === undefined ? able : wanted === 'live' && machine.env['TERM'] !== 'dumb';
  if (!live) return createLinesView(err, errAbility);
  const {createLiveView} = await import('../../report/text/live.js');
  return createLiveView({
    // Where results can be seen, the summary says it all once more.
    keep: machine.stdout.isTTY !== true,
    stream: machine.stderr,
    now: () => Date.now(),
    hide: mask.hide,
    ...errAbility,
  });
}
