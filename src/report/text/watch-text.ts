import {unreachable} from '../../base/result.js';
import {formatDuration} from './units.js';
import type {WatchEvent} from '../../run/events.js';

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
