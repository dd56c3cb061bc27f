// Made by schemas/generate.mjs from schemas/plan.source.json; not to be edited.
import type {PlanDocument} from './document.js';

/** One disagreement between a document and the schema, as ajv words it. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer into the document. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when the error is about a key of the map at `instancePath`. */
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
