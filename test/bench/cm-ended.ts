import type {ContainerReport, RoundReport, RunReport} from '../../src/state/runner/run-report.js';

interface Line {
  readonly type: string;
}

/** A step as `--json` tells that it has settled. */
export interface StepLine extends Line {
  readonly step: string;
  readonly outcome: string;
  readonly tookMs: number;
  readonly bytes?: number;
  readonly figures?: Readonly<Record<string, number>>;
}

interface Summary extends Line {
  readonly runs?: readonly Pick<RunReport, 'run' | 'containers'>[];
}

const lineOf = (text: string): readonly Line[] => {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return [];
  }
};

/** A run of `cm … --json` that ended well, and what it said. */
export class CmEnded {
  readonly tookMs: number;
  readonly lines: readonly Line[];

  constructor(stdout: string, tookMs: number) {
    this.tookMs = tookMs;
    this.lines = stdout.split('\n').flatMap(lineOf);
  }

  of(type: string): readonly unknown[] {
    return this.lines.filter((line) => line.type === type);
  }

  get containers(): readonly ContainerReport[] {
    return (this.of('summary') as readonly Summary[]).flatMap(({runs = []}) =>
      runs.flatMap(({containers}) => containers),
    );
  }

  container(name: string): ContainerReport {
    const found = this.containers.find(({container}) => container === name);
    if (found?.outcome !== 'moved') throw new Error(`"${name}" was not moved`);
    return found;
  }

  step(id: string): StepLine {
    const found = (this.of('step-settled') as readonly StepLine[]).find(({step}) => step === id);
    if (found?.outcome !== 'done') throw new Error(`step "${id}" was not done`);
    return found;
  }

  get rounds(): readonly RoundReport[] {
    return this.of('round') as readonly RoundReport[];
  }
}
