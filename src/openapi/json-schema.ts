import { z } from 'zod';
import { answers } from './schemas.js';

export type JsonSchema = Record<string, unknown>;

const formatsThatSayIt = ['date', 'date-time', 'uuid'];

/** Where a named schema lies in the document. */
const referenceTo = (name: string) => `#/components/schemas/${name}`;

/** The answers' schemas by name, referring to each other. */
export function answerSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(answers)) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, { io: 'output', uri: referenceTo, override: simplify });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]));
}

/** What a request's part must look like, before defaults and transformations. */
export function requestSchema(schema: z.ZodType): JsonSchema {
  return bare(z.toJSONSchema(schema, { io: 'input', override: simplify }));
}

/** A reference to an answer's schema where it has a name, else the schema itself. */
export function answerSchema(schema: z.ZodType): JsonSchema {
  const name = Object.entries(answers).find(([, named]) => named === schema)?.[0];
  return name === undefined
    ? bare(z.toJSONSchema(schema, { io: 'output', override: simplify }))
    : { $ref: referenceTo(name) };
}

function simplify({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  // A format says it; the pattern that checks it is a screenful.
  if (formatsThatSayIt.includes(jsonSchema.format as string)) delete jsonSchema.pattern;
  // That a whole number is one which a double can hold is no bound of its own.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Answers may gain fields; only what was made strict is closed.
  const isStrict = zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall !== undefined;
  if (jsonSchema.additionalProperties === false && !isStrict) delete jsonSchema.additionalProperties;
}

function bare(schema: object): JsonSchema {
  const { $schema: _, $id: __, '~standard': ___, ...rest } = schema as JsonSchema;
  return rest;
}
