// Writes what is made from plan.schema.json: the types, and the validator that needs no ajv at run time.
// `node schemas/generate.mjs` writes, with `--check` it only compares and exits with 1 when they differ.
import {readFile, writeFile} from 'node:fs/promises';
import {Ajv} from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import {compile} from 'json-schema-to-typescript';

const folder = new URL('../src/plan/', import.meta.url);
const schema = JSON.parse(await readFile(new URL('plan.schema.json', import.meta.url), 'utf8'));
const notice = 'Made by schemas/generate.mjs from schemas/plan.schema.json; not to be edited.';

// verbose: an error carries the part of the schema it comes from, for the text of the problem.
function validator() {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    inlineRefs: false,
    code: {source: true, esm: true, lines: true, optimize: 1},
  });
  ajv.addSchema(schema, 'plan');
  const code = standalone.default(ajv, {validatePlanDocument: 'plan'});
  if (code.includes('require('))
    throw new Error(`the validator needs a module: ${code.match(/require\([^)]*\)/)}`);
  return `// ${notice}\n${code.replace('"use strict";', '')}`;
}

// The types leave out what only editors and the validator need: a description beside a $ref would
// make a second type of the same name, and free `x-` keys would let every misspelt property through.
function forTypes(part) {
  if (Array.isArray(part)) return part.map(forTypes);
  if (typeof part !== 'object' || part === null) return part;
  if (typeof part.$ref === 'string') return {$ref: part.$ref};
  const kept = Object.entries(part).filter(([key]) => key !== 'patternProperties');
  return Object.fromEntries(kept.map(([key, value]) => [key, forTypes(value)]));
}

const declaration = `// ${notice}
import type {PlanDocument} from './document.js';

/** One disagreement between a document and the schema, as ajv words it. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer into the document. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when the error is about a key of the map at \`instancePath\`. */
  readonly propertyName?: string;
  readonly parentSchema: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

export const validatePlanDocument: {
  (data: unknown): data is PlanDocument;
  errors?: readonly SchemaError[] | null;
};
`;

const made = {
  'document.ts': await compile(forTypes(schema), 'PlanDocument', {
    additionalProperties: false,
    bannerComment: `// ${notice}`,
    format: true,
    style: {singleQuote: true, bracketSpacing: false, printWidth: 100},
    unknownAny: true,
  }),
  'validate-document.js': validator(),
  'validate-document.d.ts': declaration,
};

for (const [name, text] of Object.entries(made)) {
  const file = new URL(name, folder);
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if (text !== (await readFile(file, 'utf8'))) {
    console.error(`src/plan/${name} is not what schemas/generate.mjs makes: run it again`);
    process.exitCode = 1;
  }
}
