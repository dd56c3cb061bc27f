import {setTimeout as sleepFor} from 'node:timers/promises';
import type {Clock} from '../../base/clock.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await sleepFor(ms, undefined, signal ? {signal} : {});
    } catch {
      // Woken by the signal.
    }
  },
};
