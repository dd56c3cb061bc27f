import type {Planned} from '../../planner/change.js';
import type {Problem} from '../../base/problem.js';
import {plannedRecords} from '../../report/json/json-records.js';
import {renderPlan} from '../../report/text/plan-text.js';
import type {Listener} from '../../report/listener.js';
import type {Event} from '../../run/events.js';
import type {Context} from './context.js';
import type {RunFlags} from '../command-line/options.js';
import {openView} from './open-view.js';

/** What is shown of a run while it goes on: what was decided before it is done, and one view for each pass. */
export class Stage {
  readonly #context: Context;
  readonly #flags: RunFlags;
  readonly #told = new Set<Problem>();
  #shown: Planned | undefined;
  #view: Listener | undefined;

  constructor(context: Context, flags: RunFlags) {
    this.#context = context;
    this.#flags = flags;
  }

  on(event: Event): void {
    // Nothing to do, or refused: the problems are told below, and once.
    if (event.type === 'run-started') this.#show(event.planned, true);
    if (event.type === 'warning' && this.#told.has(event.problem)) return;
    this.#view?.on(event);
  }

  /** Shows what would be done, asks, and gets ready to show how it is done. */
  async approve(planned: Planned, ask: () => Promise<boolean>): Promise<boolean> {
    // A terminal shows one thing at a time: the view of the pass before ends here.
    await this.close();
    this.#show(planned, this.#context.globals.quiet);
    if (!(await ask())) return false;
    this.#view = await openView(this.#context, this.#flags.view);
    return true;
  }

  /** Warnings that nobody has seen yet. */
  untold(warnings: readonly Problem[]): readonly Problem[] {
    return warnings.filter((each) => !this.#told.has(each));
  }

  async close(): Promise<void> {
    await this.#view?.close();
    this.#view = undefined;
  }

  #show(planned: Planned, brief: boolean): void {
    if (planned === this.#shown) return;
    this.#shown = planned;
    const {printer} = this.#context;
    for (const record of plannedRecords(planned)) printer.record(record);
    const {explain} = this.#flags;
    printer.result(renderPlan(planned, {...printer.options.outAbility, explain, brief}));
    if (!brief || printer.json) for (const warning of planned.warnings) this.#told.add(warning);
  }
}
