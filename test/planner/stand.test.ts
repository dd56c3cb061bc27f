import {describe, expect, test} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import type {ObservedContainer} from '../../src/engines/facts.js';
import {stand} from '../../src/planner/situation/stand.js';
import type {HostView, MoveRecord, Observed} from '../../src/state/host/observed.js';
import {container, found, living, observed, plan, record, view} from './world.js';

const redis = container('redis', 'beta');
const one = plan([redis]);

const standing = (...views: readonly HostView[]): string => {
  const draft = stand(one, observed(...views), redis);
  return draft.kind === 'problem' ? draft.problem.code : draft.kind;
};

const marked = (each: HostView, ...records: HostView['records']): HostView => ({...each, records});

describe('without a record of a move', () => {
  test('where it belongs and running: nothing to do', () => {
    expect(standing(view('alpha'), living('beta', found('redis')))).toBe('settled');
  });
  test('on another host: to be moved', () => {
    expect(standing(living('alpha', found('redis')), view('beta'))).toBe('move');
  });
  test('stopped on another host: moved as it is', () => {
    expect(standing(living('alpha', found('redis', 'stopped')), view('beta'))).toBe('move');
  });
  test('frozen on another host by a person: not moved, since its memory would be lost', () => {
    expect(standing(living('alpha', found('redis', 'checkpointed')), view('beta'))).toBe('frozen');
  });
  test('stopped where it belongs: left alone', () => {
    expect(standing(view('alpha'), living('beta', found('redis', 'stopped')))).toBe('settled');
  });
  test('running on both: nobody guesses', () => {
    const both = [living('alpha', found('redis')), living('beta', found('redis'))];
    expect(standing(...both)).toBe('found-twice');
  });
  test('found under two names of one machine: said so, and nobody is told to remove it', () => {
    const both = [living('alpha', found('redis')), living('beta', found('redis'))] as const;
    const named = both.map((each) => ({...each, machine: 'boot-1 id-1'}));
    expect(standing(...named)).toBe('same-machine');
    const [alpha, beta] = both;
    expect(standing({...alpha, machine: 'boot-1'}, {...beta, machine: 'boot-2'})).toBe(
      'found-twice',
    );
  });
  test('nowhere: said so', () => {
    expect(standing(view('alpha'), view('beta'))).toBe('not-found');
  });
});

describe('what cannot be read', () => {
  const odd = {
    ...found('redis'),
    reason: 'the source of a mount: "devpts" is not an absolute path',
  };
  const unreadable = (host: string, name = 'redis'): HostView =>
    view(host, {look: {version: '5.4.2', containers: [], unreadable: [{...odd, name}]}});
  const torn = {container: 'redis', reason: 'not a record'};

  test('the container itself: neither moved nor called absent, wherever else one is', () => {
    for (const other of [view('beta'), living('beta', found('redis', 'stopped'))]) {
      expect(standing(unreadable('alpha'), other)).toBe('container-unreadable');
      expect(standing(other, unreadable('alpha'))).toBe('container-unreadable');
    }
    const draft = stand(one, observed(unreadable('alpha')), redis);
    expect(draft).toMatchObject({problem: {container: 'redis', host: 'alpha'}});
    expect(JSON.stringify(draft)).toContain('devpts');
  });
  test('another container of the host: none of its business', () => {
    const alpha = living('alpha', found('redis'));
    const look = {...alpha.look, unreadable: [{...odd, name: 'web'}]};
    expect(standing({...alpha, look}, view('beta'))).toBe('move');
    const records = [{...torn, container: 'web'}];
    expect(standing({...alpha, unreadableRecords: records}, view('beta'))).toBe('move');
  });
  test('its record: nothing is done before somebody has looked', () => {
    const alpha = living('alpha', found('redis'));
    expect(standing({...alpha, unreadableRecords: [torn]}, view('beta'))).toBe('record-unreadable');
    expect(standing(alpha, view('beta', {unreadableRecords: [torn]}))).toBe('record-unreadable');
  });
});

describe('an interrupted move', () => {
  const frozen = living('alpha', found('redis', 'checkpointed'));
  test('frozen on the source, nothing on the target: undone', () => {
    expect(standing(marked(frozen, record('leaving')), view('beta'))).toBe('undo');
  });
  test('frozen on the source, running on the target: finished', () => {
    const restored = found('redis', 'running', {restored: true});
    const target = marked(living('beta', restored), record('arriving'));
    expect(standing(marked(frozen, record('leaving')), target)).toBe('finish');
  });
  test('frozen on the source, and running without its memory on the target: for a person', () => {
    const target = marked(living('beta', found('redis')), record('arriving'));
    expect(standing(marked(frozen, record('leaving')), target)).toBe('started-fresh');
  });
  test('a person chose: the one on the source is gone, or the one on the target', () => {
    const target = marked(living('beta', found('redis')), record('arriving'));
    expect(standing(marked(view('alpha'), record('leaving')), target)).toBe('finish');
    const nothing = marked(view('beta'), record('arriving'));
    expect(standing(marked(frozen, record('leaving')), nothing)).toBe('undo');
  });
  test('cold, and running on the target: finished, it has no memory to lose', () => {
    const cold = {strategy: 'cold'} as const;
    const target = marked(living('beta', found('redis')), record('arriving', cold));
    const source = living('alpha', found('redis', 'stopped'));
    expect(standing(marked(source, record('leaving', cold)), target)).toBe('finish');
  });
  describe('its host has restarted since', () => {
    const machine = (boot: string) => ({machine: `${boot.repeat(36)} id net:[1] pid:[1]`});
    const boot = `${'a'.repeat(36)} pid:[1]`;
    const source = (state: 'running' | 'stopped', now: string) => ({
      ...marked(living('alpha', found('redis', state)), record('leaving', {boot, startedAt: 'x'})),
      ...machine(now),
    });
    test('stopped: what it had in memory is lost, and nobody promises it', () => {
      expect(standing(source('stopped', 'b'), view('beta'))).toBe('memory-gone');
    });
    test('stopped in the same life of the host: its images are still there', () => {
      expect(standing(source('stopped', 'a'), view('beta'))).toBe('undo');
    });
    test('started again, as is advised: there is nothing to lose', () => {
      expect(standing(source('running', 'b'), view('beta'))).toBe('undo');
      expect(standing(source('running', 'a'), view('beta'))).toBe('started-fresh');
    });
    test('cold: its files are all there is', () => {
      const cold = record('leaving', {boot, strategy: 'cold'});
      const stopped = marked(living('alpha', found('redis', 'stopped')), cold);
      expect(standing({...stopped, ...machine('b')}, view('beta'))).toBe('undo');
    });
    test('frozen for a checkpoint', () => {
      const itself = record('leaving', {boot, to: 'alpha'});
      const stopped = marked(living('alpha', found('redis', 'stopped')), itself);
      expect(standing({...stopped, ...machine('b')}, view('beta'))).toBe('memory-gone');
      expect(standing({...stopped, ...machine('a')}, view('beta'))).toBe('wake');
    });
  });
  test('frozen on the source, half made on the target: undone', () => {
    const target = marked(living('beta', found('redis', 'created')), record('arriving'));
    expect(standing(marked(frozen, record('leaving')), target)).toBe('undo');
  });
  test.each([
    ['running', 'move-unclear'],
    ['paused', 'move-unclear'],
    ['stopped', 'move-unclear'],
    ['checkpointed', 'move-unclear'],
    ['created', 'undo'],
  ] as const)('one on the target that nobody wrote down, %s: %s', (state, code) => {
    expect(standing(marked(frozen, record('leaving')), living('beta', found('redis', state)))).toBe(
      code,
    );
  });
  test.each(['stopped', 'checkpointed', 'created'] as const)(
    'what this move left %s on the target has served nobody since: undone',
    (state) => {
      const target = marked(living('beta', found('redis', state)), record('arriving'));
      expect(standing(marked(frozen, record('leaving')), target)).toBe('undo');
    },
  );
  test('committed, and the source not yet retired: finished', () => {
    const target = marked(living('beta', found('redis')), record('arrived'));
    expect(standing(marked(frozen, record('left')), target)).toBe('finish');
    expect(standing(marked(frozen, record('leaving')), target)).toBe('finish');
  });
  test('committed by the run that finished it, which died then: finished', () => {
    const target = marked(living('beta', found('redis')), record('arrived', {run: 'r2'}));
    expect(standing(marked(frozen, record('leaving')), target)).toBe('finish');
  });
  test('somebody runs one of that name on the target: never started on the source', () => {
    const target = marked(living('beta', found('redis')), record('arriving', {run: 'r0'}));
    expect(standing(marked(frozen, record('leaving')), target)).toBe('move-unclear');
    expect(standing(marked(frozen, record('leaving')), living('beta', found('redis')))).toBe(
      'move-unclear',
    );
  });
  test('still running on the source: undone, which puts the restart policy back', () => {
    const source = marked(living('alpha', found('redis')), record('leaving'));
    expect(standing(source, marked(view('beta'), record('arriving')))).toBe('undo');
  });
  test('started anew where it was frozen: its memory is not thrown away, nor is it called undone', () => {
    const began = {startedAt: '2026-01-01T00:00:00Z'};
    const on = (more: Partial<ObservedContainer>, its: Partial<MoveRecord> = began) =>
      standing(
        marked(living('alpha', found('redis', 'running', more)), record('leaving', its)),
        view('beta'),
      );
    const later = {startedAt: '2026-01-02T00:00:00Z'};
    expect(on(later)).toBe('started-fresh');
    expect(on(later, {...began, from: 'alpha', to: 'alpha'})).toBe('started-fresh');
    expect(on({...later, restored: true})).toBe('undo');
    expect(on(began)).toBe('undo');
    expect(on(later, {...began, strategy: 'cold'})).toBe('undo');
    expect(on(later, {})).toBe('undo');
    const stopped = marked(
      living('alpha', found('redis', 'stopped', later)),
      record('leaving', began),
    );
    expect(standing(stopped, view('beta'))).toBe('undo');
  });
  test.each([
    ['created', 'undo'],
    ['stopped', 'move-unclear'],
  ] as const)(
    'a record of another run on the target proves nothing: one that is %s there',
    (state, code) => {
      const target = marked(living('beta', found('redis', state)), record('arriving', {run: 'r0'}));
      expect(standing(marked(frozen, record('leaving')), target)).toBe(code);
    },
  );
  test('made on the target by a run that died before it touched the source: undone', () => {
    const target = marked(
      living('beta', found('redis', 'created', {id: 'new'})),
      record('arriving', {strategy: 'cold'}),
    );
    expect(standing(living('alpha', found('redis')), target)).toBe('undo');
  });
  test.each(['stopped', 'running', 'created'] as const)(
    'another container has its name on the source, %s: neither stopped, started nor removed',
    (state) => {
      const another = living('alpha', found('redis', state, {id: 'id-of-another'}));
      const source = marked(another, record('leaving'));
      expect(standing(source, view('beta'))).toBe('another-container');
      if (state === 'running') return;
      const target = marked(living('beta', found('redis')), record('arrived'));
      expect(standing(source, target)).toBe('another-container');
    },
  );
  test('somebody else made one of that name on the target: not ours to remove', () => {
    const target = living('beta', found('redis', 'created', {id: 'new'}));
    expect(standing(living('alpha', found('redis')), target)).toBe('move');
  });
  test('gone from the source and not on the target: for a person', () => {
    expect(standing(marked(view('alpha'), record('leaving')), view('beta'))).toBe('move-unclear');
  });
});

describe('a source that was away while the container went on to a third host', () => {
  const three = plan([container('redis', 'gamma')], ['alpha', 'beta', 'gamma']);
  const codeOf = (...views: readonly HostView[]): string => {
    const draft = stand(three, observed(...views), container('redis', 'gamma'));
    return draft.kind === 'problem' ? draft.problem.code : draft.kind;
  };
  const away = marked(living('alpha', found('redis', 'checkpointed')), record('leaving'));
  const onward = {from: 'beta', to: 'gamma', run: 'r2'} as const;
  test('it runs there: it is not started again where it was', () => {
    expect(codeOf(away, view('beta'), living('gamma', found('redis')))).toBe('moved-on');
  });
  test('it is stopped there, and the host between tells of it', () => {
    const between = marked(view('beta'), record('left', onward));
    expect(codeOf(away, between, living('gamma', found('redis', 'stopped')))).toBe('moved-on');
    expect(codeOf(away, between, view('gamma'))).toBe('moved-on');
  });
});

test('what it left behind tells of its way also while another attempt has begun there', () => {
  const waiting = marked(living('alpha', found('redis', 'checkpointed')), record('leaving'));
  const found2 = record('left', {from: 'beta', to: 'gamma', run: 'r2'});
  const again = record('arriving', {from: 'gamma', to: 'beta', run: 'r3', found: found2});
  expect(standing(waiting, marked(view('beta'), again))).toBe('moved-on');
});

test('one on the target that nothing explains: never started on the source, also when it is stopped', () => {
  const source = marked(living('alpha', found('redis', 'checkpointed')), record('leaving'));
  expect(standing(source, living('beta', found('redis', 'stopped')))).toBe('move-unclear');
});

test('while the target cannot be seen, the source is never started', () => {
  const source = marked(living('alpha', found('redis', 'checkpointed')), record('leaving'));
  const silence: Problem = {kind: 'unreachable', code: 'timed-out', message: 'none', host: 'beta'};
  const dark: Observed = {
    hosts: new Map<string, HostView | Problem>([
      ['alpha', source],
      ['beta', silence],
    ]),
  };
  const draft = stand(one, dark, redis);
  expect(draft.kind === 'problem' && draft.problem.code).toBe('target-unknown');
});

test('a container that came back is not mistaken for one that left', () => {
  const home = container('redis', 'alpha');
  const alpha = marked(
    living('alpha', found('redis')),
    record('arrived', {run: 'r2', from: 'beta', to: 'alpha'}),
  );
  const beta = marked(view('beta'), record('left', {run: 'r2', from: 'beta', to: 'alpha'}));
  expect(stand(plan([home]), observed(alpha, beta), home).kind).toBe('settled');
});

test('a container that somebody brought back by hand is where it is', () => {
  const alpha = marked(living('alpha', found('redis')), record('left'));
  const draft = stand(one, observed(alpha, marked(view('beta'), record('arrived'))), redis);
  expect(draft.kind).toBe('move');
});
