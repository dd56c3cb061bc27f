import {readFileSync} from 'node:fs';
import {renderPlan} from '../../src/report/text/plan-text.js';
import {planOffline, readPlan} from './made-up-world.js';

// What `cm plan FILE` does between its first look and its last line, as a process of its own.
const [file = '', moving = '0'] = process.argv.slice(2);
const plan = await readPlan(file, readFileSync(file, 'utf8'));
process.stdout.write(
  `${renderPlan(planOffline(plan, Number(moving)), {color: false, unicode: true})}\n`,
);
