import {eventRecord} from '../../report/json/json-records.js';
import {watchText} from '../../report/text/watch-text.js';
import type {OpenListener} from '../session/context.js';

/** Tells what `cm watch` decides between its runs: one line or one record each. */
export const watchLines: OpenListener = ({printer}, {run}) =>
  run !== undefined
    ? undefined
    : {
        on: (event) => {
          if (event.type !== 'watch') return;
          printer.record(eventRecord(event));
          if (event.kind === 'invalid') printer.problems(event.problems);
          const text = watchText(event);
          if (text !== undefined) printer.note(`${new Date(event.at).toISOString()}  ${text}`);
        },
        close: () => Promise.resolve([]),
      };
