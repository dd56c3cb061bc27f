import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {watchMachine} from './machine.js';
import {type Comparison, type Figure, json, type Part, type Results} from './result.js';

/** Keeps what a group has measured on the disk as it comes, so that a bench that is cut off has measured something. */
export class Recorder {
  private readonly comparisons = new Map<string, Comparison>();
  private readonly figures = new Map<string, Figure>();
  private readonly missing: string[] = [];
  private readonly group: string;
  private readonly folder: string;
  private readonly machine = watchMachine();
  private about: Readonly<Record<string, string>> = {};

  constructor(folder: string, group: string) {
    this.folder = folder;
    this.group = group;
    mkdirSync(folder, {recursive: true});
  }

  /** What was put under the same id before is replaced: it has grown. One that has no pairs yet is not there. */
  put({comparisons = [], figures = []}: Part): void {
    for (const each of comparisons)
      if (each.oursMs.length > 0 && each.oursMs.length === each.theirsMs.length)
        this.comparisons.set(each.id, each);
    for (const each of figures) this.figures.set(each.id, each);
    this.save();
  }

  /** Something about how it was measured. */
  say(key: string, value: string): void {
    this.about = {...this.about, [key]: value};
    this.save();
  }

  miss(why: string): void {
    console.error(`  not measured: ${why}`);
    this.missing.push(why);
    this.save();
  }

  get results(): Results {
    return {
      group: this.group,
      machine: {...this.machine(), ...this.about},
      comparisons: [...this.comparisons.values()],
      figures: [...this.figures.values()],
      missing: this.missing,
    };
  }

  private save(): void {
    writeFileSync(join(this.folder, `${this.group}.json`), json(this.results));
  }
}
