import type {Problem} from '../../base/problem.js';
import {withRoots} from '../../base/problem-groups.js';
import {withoutCommands} from '../github/ci-commands.js';
import {renderAnnotation} from '../github/github.js';
import {problemRecord, type JsonRecord} from '../json/json-records.js';
import {writeRecord} from '../json/json.js';
import {renderProblems, shownProblems} from '../problem-groups.js';
import type {Ability} from './style.js';
import type {Sink} from '../listener.js';

export interface PrinterOptions {
  readonly out: Sink;
  readonly err: Sink;
  readonly outAbility: Ability;
  readonly errAbility: Ability;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Problems become annotations too. */
  readonly github: boolean;
}

/** The one way in which verbs say something: results to stdout, the rest to stderr; with JSON all to stdout. */
export class Printer {
  readonly options: PrinterOptions;
  #summary: Readonly<Record<string, unknown>> = {};

  constructor(options: PrinterOptions) {
    this.options = options;
  }

  get json(): boolean {
    return this.options.json;
  }

  /** What was asked for; left out when results are JSON. */
  result(text: string): void {
    if (!this.json && text !== '') this.options.out.write(`${withoutCommands(text)}\n`);
  }

  /** What another program reads, in its own language. */
  raw(text: string): void {
    this.options.out.write(text);
  }

  /** What helps a person follow along. */
  note(text: string): void {
    if (!this.json && !this.options.quiet) this.options.err.write(`${withoutCommands(text)}\n`);
  }

  record(record: JsonRecord): void {
    if (this.json) writeRecord(this.options.out, record);
  }

  /** In a workflow, the problems at their lines; for what is part of a result already. */
  annotate(problems: readonly Problem[], severity: 'error' | 'warning' = 'error'): void {
    const {err, github} = this.options;
    if (!github) return;
    for (const {problem, group} of shownProblems(problems))
      err.write(`${renderAnnotation(problem, severity, group.note)}\n`);
  }

  /** Grouped for people, with the cause of each; one by one for programs. */
  problems(problems: readonly Problem[], severity: 'error' | 'warning' = 'error'): void {
    const {err, errAbility} = this.options;
    this.annotate(problems, severity);
    if (this.json)
      for (const problem of withRoots(problems)) this.record(problemRecord(problem, severity));
    else
      for (const text of renderProblems(problems, {color: errAbility.color, severity}))
        err.write(`${withoutCommands(text)}\n`);
  }

  /** Goes into the last line of JSON. */
  total(fields: Readonly<Record<string, unknown>>): void {
    this.#summary = {...this.#summary, ...fields};
  }

  end(verb: string, exit: number): void {
    this.record({type: 'summary', verb, ...this.#summary, exit});
  }
}
