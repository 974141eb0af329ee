import type { JsonSchema } from '../../src/openapi/json-schema.js';
import type { SeededRandom } from '../test-kit/index.js';
import { hostileText } from './hostile.js';

const numbersAt = (schema: JsonSchema, name: string) =>
  typeof schema[name] === 'number' ? schema[name] : undefined;

/** A value that a schema allows, more or less: words come from `words`, so patterns are met by chance. */
export function sample(schema: JsonSchema, random: SeededRandom, words: readonly string[]): unknown {
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices) return sample(random.pick(choices), random, words);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return random.pick(schema.enum as unknown[]);
  const type = Array.isArray(schema.type) ? random.pick(schema.type as string[]) : schema.type;
  switch (type) {
    case 'object':
      return sampleObject(schema, random, words);
    case 'array': {
      const length = random.integer(numbersAt(schema, 'minItems') ?? 0, numbersAt(schema, 'maxItems') ?? 4);
      const items = (schema.items ?? {}) as JsonSchema;
      return Array.from({ length: Math.min(length, 20) }, () => sample(items, random, words));
    }
    case 'string':
      return sampleText(schema, random, words);
    case 'integer':
    case 'number':
      return sampleNumber(schema, random, type === 'integer');
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    default:
      return random.pick([random.integer(0, 100), random.pick(words), true, {}, []]);
  }
}

function sampleObject(
  schema: JsonSchema,
  random: SeededRandom,
  words: readonly string[],
): Record<string, unknown> {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = (schema.required ?? []) as string[];
  const fields = Object.entries(properties).filter(([name]) => required.includes(name) || random.chance(0.3));
  const object = Object.fromEntries(fields.map(([name, field]) => [name, sample(field, random, words)]));
  if (typeof schema.additionalProperties === 'object' && random.chance(0.5)) {
    object[random.pick(words).slice(0, 64)] = sample(
      schema.additionalProperties as JsonSchema,
      random,
      words,
    );
  }
  return object;
}

function sampleText(schema: JsonSchema, random: SeededRandom, words: readonly string[]): string {
  if (schema.format === 'date') {
    return new Date(Date.UTC(2022, 0, random.integer(1, 1460))).toISOString().slice(0, 10);
  }
  if (schema.format === 'date-time')
    return new Date(Date.UTC(2022, 0, 1, random.integer(0, 35_000))).toISOString();
  if (schema.format === 'uuid') {
    const digits = Array.from({ length: 32 }, () => random.integer(0, 15).toString(16)).join('');
    return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
  }
  if (random.chance(0.1)) return hostileText(random);
  return random.pick(words);
}

function sampleNumber(schema: JsonSchema, random: SeededRandom, isWhole: boolean): number {
  const least = numbersAt(schema, 'minimum') ?? numbersAt(schema, 'exclusiveMinimum') ?? 0;
  const most = numbersAt(schema, 'maximum') ?? numbersAt(schema, 'exclusiveMaximum') ?? 1e6;
  if (random.chance(0.2)) return random.pick([least, most]);
  return isWhole ? random.integer(Math.ceil(least), Math.floor(most)) : random.between(least, most);
}
