import {describe, expect, it} from 'vitest';
import {Turns} from '../../src/run/execute/turns.js';
import {breathe} from '../rig/clock.js';

/** Who has had a turn, in order. */
function asking(turns: Turns) {
  const begun: string[] = [];
  const ask = (name: string, ...hosts: readonly string[]): AbortController => {
    const abort = new AbortController();
    void turns.take(name, hosts, abort.signal).then(() => begun.push(name));
    return abort;
  };
  return {begun, ask};
}

describe('turns on hosts', () => {
  it('one at a time on a host, in the order in which they asked', async () => {
    const turns = new Turns();
    const {begun, ask} = asking(turns);
    ask('a', 'alpha', 'beta');
    expect(turns.behind(['beta', 'gamma'])).toBe('a');
    ask('b', 'beta', 'gamma');
    ask('c', 'alpha', 'beta');
    ask('d', 'delta', 'epsilon');
    await breathe();
    expect(begun).toEqual(['a', 'd']);
    turns.give('a');
    await breathe();
    expect(begun).toEqual(['a', 'd', 'b']);
    turns.give('b');
    await breathe();
    expect(begun).toEqual(['a', 'd', 'b', 'c']);
    turns.give('c');
    turns.give('d');
    expect(turns.behind(['alpha', 'beta', 'gamma', 'delta', 'epsilon'])).toBeUndefined();
  });

  it('who waits for one host keeps his place on the other', async () => {
    const turns = new Turns();
    const {begun, ask} = asking(turns);
    ask('a', 'alpha');
    ask('both', 'alpha', 'beta');
    ask('late', 'beta');
    await breathe();
    expect(begun).toEqual(['a']);
    expect(turns.behind(['beta'])).toBe('both');
    turns.give('a');
    await breathe();
    expect(begun).toEqual(['a', 'both']);
  });

  it('who gives up makes room for those behind', async () => {
    const turns = new Turns();
    const {begun, ask} = asking(turns);
    ask('a', 'alpha');
    const gone = ask('gone', 'alpha', 'beta');
    ask('late', 'beta');
    gone.abort();
    await breathe();
    expect(begun).toEqual(['a', 'gone', 'late']);
    turns.give('a');
    expect(turns.behind(['alpha'])).toBeUndefined();
    const never = new AbortController();
    never.abort();
    await turns.take('never', ['beta'], never.signal);
    expect(turns.behind(['beta'])).toBe('late');
  });
});
