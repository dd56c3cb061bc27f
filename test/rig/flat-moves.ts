import type {Files, Memory, Moves, SourceOps, TargetOps} from '../../src/engines/engine.js';

/** Every command of an engine that carries files and memory by `cm`, in one place; `target` wins where both sides have one. */
export type FlatMoves = SourceOps &
  TargetOps &
  Files &
  Memory &
  Pick<Moves, 'image' | 'rounds' | 'hold' | 'copy'>;

export function flat({source, target, files, memory, ...rest}: Moves): FlatMoves {
  if (!files || !memory) throw new Error('these moves lack files or memory');
  return {...source, ...target, ...files, ...memory, ...rest};
}
