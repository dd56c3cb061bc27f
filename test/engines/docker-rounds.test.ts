import {describe, expect, test} from 'vitest';
import type {Command} from '../../src/base/command.js';
import {dockerMoves} from '../../src/engines/docker/moves.js';
import {refusals} from '../../src/engines/docker/refusals.js';
import type {Pair} from '../../src/engines/engine.js';
import {aPair, container} from './docker-pair.js';

const tracking = (memoryTracking: boolean, version = '1.1.15'): Pair =>
  aPair({
    source: {criu: {version: '4.2.1', memoryTracking, complaints: []}, runtimeVersion: version},
  });

const scratch = '/run/cm/r/0';

const words = ({argv}: Command): readonly string[] => argv.slice(4);

describe('rounds beneath docker', () => {
  test('take all they need as words', () => {
    const {rounds} = dockerMoves(tracking(true), scratch);
    if (!rounds) throw new Error('no rounds');
    const {id} = container('redis');
    expect(words(rounds.send(3))).toEqual([
      ...[id, scratch, '3', '--tcp-established', '--file-locks'],
    ]);
    expect(words(rounds.receive)).toEqual([scratch]);
    expect(words(rounds.forget)).toEqual([id, scratch]);
    expect(words(rounds.throttle?.(30) ?? rounds.forget)).toEqual([id, scratch, '30']);
  });

  test('need a kernel on the source that tracks memory, and a runc that can', () => {
    const codes = (pair: Pair): readonly string[] =>
      refusals('pre-copy', pair).map(({code}) => code);
    expect(codes(tracking(true))).toEqual([]);
    expect(codes(tracking(false))).toEqual(['no-memory-tracking']);
    expect(dockerMoves(tracking(false), scratch).rounds).toBeUndefined();
    expect(codes(tracking(true, '0.1.1'))).toContain('runtime-too-old');
  });

  test('whatever stands against stateful stands against them', () => {
    const pair = {...tracking(true), targetVersion: '28.0.0'};
    const without = (strategy: 'stateful' | 'pre-copy'): readonly string[] =>
      refusals(strategy, pair).map(({code}) => code);
    expect(without('pre-copy')).toEqual(without('stateful'));
    expect(without('pre-copy')).toContain('docker-cannot-restore');
  });
});
