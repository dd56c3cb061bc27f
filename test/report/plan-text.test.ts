import {expect, test} from 'vitest';
import {renderPlan} from '../../src/report/text/plan-text.js';
import {planned} from './simulated.js';

const plain = {color: false, unicode: true};
const every = planned(['move', 'undo', 'none', 'refused']);

test('a plan tells what moves, from where, how, what it costs, and what cannot be done', () => {
  expect(renderPlan(every, plain)).toMatchInlineSnapshot(`
    "plan "evacuate-alpha" (plans/evacuate.yaml)
    → redis  alpha → beta   stateful          downtime ~1.4s  212 MiB
        not pre-copy: the kernel of "alpha" does not track memory
          help: use stateful
        not pre-copy: there is no CRIU on "beta"
        predicted: 6.2s in all (assumed: a 1 Gbit/s link)
        │ lease redis on alpha
        │ look again
        │ send image to beta
        ▼ freeze it and stream its memory to beta  (not serving)
        ▼ restore on beta  (not serving)
        ▼ check that it runs on beta  (not serving)
        ◆ commit: redis is on beta  — no way back from here
        │ remove it from alpha
        │ release the lease on alpha
    ↺ api    back on alpha  interrupted move
        run 7 began to move it from alpha to beta and did not end
        │ lease api on alpha
        │ look again
        │ send image to beta
        ▼ freeze it and stream its memory to beta  (not serving)
        ▼ restore on beta  (not serving)
        ▼ check that it runs on beta  (not serving)
        ◆ commit: api is on beta  — no way back from here
        │ remove it from alpha
        │ release the lease on alpha
    = web    on beta
    ! db     1 problem
        error: container "db" is on none of the plan's hosts (alpha, beta) (not-found)
           = container: db
           = at: plan.yaml:9:3
           = help: correct its name, add the host that it is on, or take it out of the plan
    1 to move, 1 to recover, 1 settled, 1 problem"
  `);
});

test('--explain says why each step is there', () => {
  expect(renderPlan(planned(['move']), {...plain, explain: true})).toMatchInlineSnapshot(`
    "plan "evacuate-alpha" (plans/evacuate.yaml)
    → redis  alpha → beta  stateful  downtime ~1.4s  212 MiB
        not pre-copy: the kernel of "alpha" does not track memory
          help: use stateful
        not pre-copy: there is no CRIU on "beta"
        predicted: 6.2s in all (assumed: a 1 Gbit/s link)
        because it is on alpha and belongs on beta; stateful is the first of its strategies
        │ lease redis on alpha
            because the reason of lease-source
        │ look again
            because the reason of confirm
        │ send image to beta
            because the reason of image
        ▼ freeze it and stream its memory to beta  (not serving)
            because the reason of freeze
        ▼ restore on beta  (not serving)
            because the reason of restore
        ▼ check that it runs on beta  (not serving)
            because the reason of running
        ◆ commit: redis is on beta  — no way back from here
            because the reason of commit
        │ remove it from alpha
            because the reason of retire
        │ release the lease on alpha
            because the reason of release-source; whatever happened before
    1 to move, 0 settled, 0 problems"
  `);
});

test('in brief, a container is a line, and ASCII says as much', () => {
  expect(renderPlan(every, {...plain, unicode: false, brief: true})).toMatchInlineSnapshot(`
    "plan "evacuate-alpha" (plans/evacuate.yaml)
    > redis  alpha -> beta  stateful          downtime ~1.4s  212 MiB
    @ api    back on alpha  interrupted move
    = web    on beta
    ! db     1 problem
    1 to move, 1 to recover, 1 settled, 1 problem"
  `);
});

test('colour adds nothing but colour', () => {
  const colored = renderPlan(every, {...plain, color: true});
  expect(colored).toContain('\u001b[');
  expect(colored.replaceAll(/\u001b\[\d+m/gu, '')).toBe(renderPlan(every, plain));
});

test('a plan that is suspended says so, and a warning is told', () => {
  const {plan} = every;
  const warning = {kind: 'preflight', code: 'not-running', message: 'web is stopped'} as const;
  const text = renderPlan({...every, plan: {...plan, suspend: true}, warnings: [warning]}, plain);
  expect(text).toContain('suspended');
  expect(text).toContain('warning: web is stopped');
});

test('text from a host cannot move the cursor', () => {
  const [move] = planned(['move']).decisions;
  if (move?.action !== 'move') throw new Error('a move was expected');
  const fell = [
    {strategy: 'stateful', refusals: [{code: 'x', message: 'a\u001b[2Jb\rc'}]},
  ] as const;
  const evil = {...every, decisions: [{...move, change: {...move.change, fell}}]};
  expect(renderPlan(evil, plain)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/u);
});
