import {describe, expect, test} from 'vitest';
import type {Command} from '../../src/base/command.js';
import type {Rounds} from '../../src/engines/engine.js';
import {podmanMoves} from '../../src/engines/podman/moves.js';
import {aPair, type PairChange} from './podman-pair.js';

const id = 'f'.repeat(64);

function roundsOf(scratch: string, change: PairChange = {}): Rounds {
  const {rounds} = podmanMoves(aPair(change), scratch);
  if (!rounds) throw new Error('no rounds');
  return rounds;
}

/** Of round 2 in a move of 43 MiB: podman 5.4.2, runc 1.1.15, CRIU 4.2.1, Linux 6.12.107. */
const recorded = `time="2026-11-21T07:43:02Z" level=warning msg="something else"
stats-dump 4096 QFkQVQYzCVcmAAAACiQIyxwQn60BGMohIMdYKJpUMMZOOM0FQABIAFABWAJgAGgAcAA=
`;

describe('what a round did', () => {
  const rounds = roundsOf('/run/cm/r/l');

  test('is read from what it said', () => {
    expect(rounds.read(recorded)).toEqual({
      ok: true,
      value: {pages: 717, skipped: 10_054, bytes: 717 * 4096, frozenMs: 22.175},
    });
  });

  test('pages are as large as the source says', () => {
    expect(rounds.read(recorded.replace('4096', '65536'))).toMatchObject({
      value: {bytes: 717 * 65_536},
    });
  });

  test.each(['', 'stats-dump 4096 ', 'stats-dump 4096 AAAA', recorded.replace('QFkQ', 'AAkQ')])(
    'is not guessed from %j',
    (notes) => {
      expect(rounds.read(notes)).toMatchObject({ok: false});
    },
  );
});

describe('the commands of rounds', () => {
  const words = (command: Command): readonly string[] => command.argv.slice(4);

  test('say what they do and take all they need as words', () => {
    const rounds = roundsOf('/run/cm/r/l');
    expect(rounds.send(2).title).toBe('pre-dump 2 of redis');
    expect(words(rounds.send(2))).toEqual([
      id,
      '/run/cm/r/l',
      '2',
      '--tcp-established',
      '--file-locks',
    ]);
    expect(words(rounds.receive)).toEqual(['/run/cm/r/l']);
    expect(words(rounds.forget)).toEqual([id, '/run/cm/r/l']);
    expect(words(rounds.throttle?.(30) ?? rounds.forget)).toEqual([id, '/run/cm/r/l', '30']);
    expect(words(rounds.throttle?.() ?? rounds.forget)).toEqual([id, '/run/cm/r/l', '']);
  });

  test('connections are only kept where the plan says so', () => {
    const rounds = roundsOf('/run/cm/r/l', {pair: {connections: 'close'}});
    expect(words(rounds.send(1))).toEqual([id, '/run/cm/r/l', '1', '--file-locks']);
  });

  test('there are none without soft-dirty', () => {
    const criu = {version: '4.2.1', memoryTracking: false, complaints: []};
    expect(podmanMoves(aPair({source: {criu}}), '/run/cm/r/l').rounds).toBeUndefined();
  });
});
