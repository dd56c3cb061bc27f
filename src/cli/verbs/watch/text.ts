import {unreachable} from '../../../base/result.js';
import type {JsonRecord} from '../../../report/json/json-records.js';
import {formatDuration} from '../../../report/text/units.js';
import type {WatchEvent} from '../../../run/watch/watch.js';

/** One line of `cm watch`; absent for what is told elsewhere or is not worth a line. */
export function watchText(event: WatchEvent): string | undefined {
  switch (event.kind) {
    case 'reading':
      return event.because === 'change' ? 'a plan has changed' : undefined;
    case 'invalid':
      return `"${event.file}" is not valid: nothing of it is applied until it changes`;
    case 'vanished':
      return `"${event.file}" has vanished: what was in it stays as it is`;
    case 'settled':
      return `plan "${event.plan.name}": nothing to do`;
    case 'applied':
      return `plan "${event.plan.name}": ended with exit ${event.exit}`;
    case 'held':
      return `plan "${event.plan.name}" failed: held back until it or the world changes, or ${new Date(event.untilMs).toISOString()}`;
    case 'contended':
      return `plan "${event.plan.name}": ${event.containers.map((name) => `"${name}"`).join(', ')} was brought back again and again, and something else moves it away; nothing is applied until the plan changes`;
    case 'idle':
      return `next look in ${formatDuration(event.nextMs)}`;
    default:
      return unreachable(event);
  }
}

/** One record of `cm watch -o json`; what is wrong with a file is told in records of its own. */
export function watchRecord(event: WatchEvent, at: string): JsonRecord {
  const same = {type: 'watch', at, event: event.kind};
  switch (event.kind) {
    case 'reading':
      return {...same, because: event.because};
    case 'invalid':
      return {...same, file: event.file, problems: event.problems.length};
    case 'vanished':
      return {...same, file: event.file};
    case 'settled':
      return {...same, plan: event.plan.name};
    case 'applied':
      return {...same, plan: event.plan.name, exit: event.exit};
    case 'held':
      return {...same, plan: event.plan.name, until: new Date(event.untilMs).toISOString()};
    case 'contended':
      return {...same, plan: event.plan.name, containers: event.containers};
    case 'idle':
      return {...same, nextMs: Math.round(event.nextMs)};
    default:
      return unreachable(event);
  }
}
