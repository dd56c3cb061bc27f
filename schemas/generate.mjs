// Writes what is made from plan.source.json: the types, the validator that needs no ajv at run time, and
// plan.schema.json for editors, which accepts a variable wherever a plan may have one.
// `node schemas/generate.mjs` writes, with `--check` it only compares and exits with 1 when they differ.
import {readFile, writeFile} from 'node:fs/promises';
import {Ajv} from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import {compile} from 'json-schema-to-typescript';
import {format, resolveConfig} from 'prettier';

const source = new URL('plan.source.json', import.meta.url);
const notice = 'Made by schemas/generate.mjs from schemas/plan.source.json; not to be edited.';

// A $ref for the names of keys would hide the key from the error: the definition stands there itself.
function withKeyRules(part, {definitions}) {
  if (Array.isArray(part)) return part.map((each) => withKeyRules(each, {definitions}));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([key, value]) => {
    const name = key === 'propertyNames' ? value.$ref?.split('/').at(-1) : undefined;
    if (name === undefined) return [key, withKeyRules(value, {definitions})];
    const {type: _, ...rule} = definitions[name];
    return [key, rule];
  });
  return Object.fromEntries(entries);
}

const written = JSON.parse(await readFile(source, 'utf8'));
const schema = withKeyRules(written, written);

const variable = {
  title: 'Variable',
  description:
    'Text with ${NAME}, ${NAME:-default} or ${NAME:?why}, filled in from the environment.',
  type: 'string',
  pattern: String.raw`\$\{[A-Za-z_][A-Za-z0-9_]*(?::[-?][^}]*)?\}`,
};

const isScalar = ({type, ...part}) =>
  'enum' in part || 'const' in part || ['integer', 'boolean'].includes(type) || 'pattern' in part;

// Values are checked once their variables are filled in; an editor sees them before. Keys have no variables.
function withVariables(part) {
  if (Array.isArray(part)) return part.map(withVariables);
  if (typeof part !== 'object' || part === null) return part;
  if (isScalar(part)) {
    const {title, description, ...rule} = part;
    const about = Object.entries({title, description}).filter(([, text]) => text !== undefined);
    return {...Object.fromEntries(about), anyOf: [rule, {$ref: '#/definitions/variable'}]};
  }
  const kept = ['propertyNames', 'patternProperties', 'required'];
  const maps = ['properties', 'definitions'];
  const each = (value) =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withVariables(inner)]));
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (kept.includes(key)) return [key, value];
      return [key, maps.includes(key) ? each(value) : withVariables(value)];
    }),
  );
}

async function forEditors() {
  const {$schema, ...rest} = withVariables(schema);
  const all = {$schema, $comment: notice, ...rest, definitions: {...rest.definitions, variable}};
  const file = new URL('plan.schema.json', import.meta.url).pathname;
  return format(JSON.stringify(all), {...(await resolveConfig(file)), parser: 'json'});
}

// verbose: an error carries the part of the schema it comes from, for the text of the problem.
function validator() {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    inlineRefs: false,
    // Lengths are those of names, which are ASCII; counting code points takes a module.
    unicode: false,
    logger: false,
    code: {source: true, esm: true, lines: true, optimize: 1},
  });
  ajv.addSchema(schema, 'plan');
  const code = standalone.default(ajv, {
    validatePlanDocument: 'plan',
    isName: 'plan#/definitions/name',
  });
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

/** What a plan takes as the name of a host or a container. */
export const isName: (data: unknown) => boolean;
`;

const made = {
  'src/plan/generated/document.ts': await compile(forTypes(schema), 'PlanDocument', {
    additionalProperties: false,
    bannerComment: `// ${notice}`,
    format: true,
    style: {singleQuote: true, bracketSpacing: false, printWidth: 100},
    unknownAny: true,
  }),
  'src/plan/generated/validate-document.js': validator(),
  'src/plan/generated/validate-document.d.ts': declaration,
  'schemas/plan.schema.json': await forEditors(),
};

for (const [name, text] of Object.entries(made)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if (text !== (await readFile(file, 'utf8'))) {
    console.error(
      `${name} is not what schemas/generate.mjs makes of schemas/plan.source.json: edit that, and run it again`,
    );
    process.exitCode = 1;
  }
}
