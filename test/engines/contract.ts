import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Command} from '../../src/base/command.js';
import {strategies} from '../../src/base/strategy.js';
import type {Engine, Pair, SurveyQuestion} from '../../src/engines/engine.js';

/** What the suite needs of one engine: real output, and pairs that can and cannot move. */
export interface EngineSamples {
  readonly lookOutput: string;
  readonly surveyOutput: string;
  readonly question: SurveyQuestion;
  readonly good: Pair;
  /** Each of these is refused for at least one strategy. */
  readonly bad: readonly Pair[];
}

const nasty = [`it's`, `"; rm -rf /; "`, '$(reboot)', '`id`', 'a b', '-rf', '--', 'a\nb', '\\'];

/** The values must arrive as words of their own; the text of the script is the same for all. */
function scriptOf({argv}: Command): string {
  return argv[0] === 'sh' ? (argv[2] ?? '') : '';
}

/** Every word of every command in it. */
function wordsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'argv' ? (part as readonly string[]) : wordsOf(part),
  );
}

/** What every engine promises, whatever it is. Nothing here runs a command. */
export function engineContract(engine: Engine, samples: EngineSamples): void {
  const {good, bad, question} = samples;

  describe(`${engine.name}: the contract of engines`, () => {
    test('names stay words and never become part of a script', () => {
      const plain = engine.look(['a']);
      const odd = engine.look(nasty);
      expect(scriptOf(odd)).toBe(scriptOf(plain));
      for (const name of nasty) expect(odd.argv).toContain(name);
      const asked = engine.survey({
        ...question,
        arriving: nasty.map((name) => ({
          ...{kind: 'volume', name, source: name, destination: name, readOnly: false},
        })),
      });
      expect(scriptOf(asked)).toBe(scriptOf(engine.survey({leaving: [], arriving: []})));
      for (const name of nasty) expect(asked.argv).toContain(name);
    });

    test('questions have a title without secrets and are the same each time', () => {
      expect(engine.look(['a'])).toEqual(engine.look(['a']));
      expect(engine.survey(question)).toEqual(engine.survey(question));
      expect(engine.look(nasty).title ?? '').not.toContain('rm -rf');
    });

    test('real output is read', () => {
      expect(engine.readLook(samples.lookOutput)).toMatchObject({ok: true});
      expect(engine.readSurvey(samples.surveyOutput, question)).toMatchObject({ok: true});
    });

    test('readers answer whatever the text is', () => {
      const answers = (text: string): void => {
        for (const result of [engine.readLook(text), engine.readSurvey(text, question)]) {
          if (!result.ok) expect(result.error).toMatch(/\S/);
        }
      };
      fc.assert(fc.property(fc.string({unit: 'binary'}), answers));
      for (const real of [samples.lookOutput, samples.surveyOutput]) {
        const cuts = fc.nat({max: real.length});
        fc.assert(
          fc.property(cuts, cuts, fc.string(), (a, b, between) => {
            answers(real.slice(0, Math.min(a, b)) + between + real.slice(Math.max(a, b)));
          }),
          {numRuns: 60},
        );
      }
    });

    test('an answer that was cut off is not taken for the whole', () => {
      for (const part of [0, 0.3, 0.9]) {
        expect(
          engine.readLook(samples.lookOutput.slice(0, samples.lookOutput.length * part)).ok,
        ).toBe(false);
        const survey = samples.surveyOutput.slice(0, samples.surveyOutput.length * part);
        expect(engine.readSurvey(survey, question).ok).toBe(false);
      }
    });

    test('what one command sets up for the network the others take away', () => {
      const tables = wordsOf(engine.moves(good, '/run/cm/r/0')).filter((word) =>
        /^cm_[0-9a-z]{6,}$/u.test(word),
      );
      expect(new Set(tables).size).toBeLessThanOrEqual(1);
    });

    test('a good pair can move, a bad one says why not', () => {
      expect(engine.refusals('cold', good)).toEqual([]);
      expect(engine.refusals('stateful', good)).toEqual([]);
      for (const pair of bad) {
        expect(strategies.flatMap((strategy) => engine.refusals(strategy, pair))).not.toEqual([]);
      }
    });

    test('every refusal has a code, a message and a way out, in the style of the house', () => {
      for (const pair of [good, ...bad]) {
        for (const strategy of strategies) {
          for (const {code, message, remedy} of engine.refusals(strategy, pair)) {
            expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
            expect(message).toMatch(/^(?:[a-z"0-9]|CRIU)/);
            expect(message).not.toMatch(/\.$|undefined|NaN/);
            expect(remedy ?? '').toMatch(/^[a-z]/);
            expect(remedy).not.toMatch(/\.$|undefined|NaN/);
          }
        }
      }
    });
  });
}
