import type { JsonSchema } from '../../openapi/json-schema.js';
import type { Dice } from './dice.js';
import { hostileText } from './hostile.js';

const numbersAt = (schema: JsonSchema, name: string) =>
  typeof schema[name] === 'number' ? schema[name] : undefined;

/** A value that a schema allows, more or less: words come from `words`, so patterns are met by chance. */
export function sample(schema: JsonSchema, dice: Dice, words: readonly string[]): unknown {
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices) return sample(dice.one(choices), dice, words);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return dice.one(schema.enum as unknown[]);
  const type = Array.isArray(schema.type) ? dice.one(schema.type as string[]) : schema.type;
  switch (type) {
    case 'object':
      return sampleObject(schema, dice, words);
    case 'array': {
      const length = dice.integer(numbersAt(schema, 'minItems') ?? 0, numbersAt(schema, 'maxItems') ?? 4);
      const items = (schema.items ?? {}) as JsonSchema;
      return Array.from({ length: Math.min(length, 20) }, () => sample(items, dice, words));
    }
    case 'string':
      return sampleText(schema, dice, words);
    case 'integer':
    case 'number':
      return sampleNumber(schema, dice, type === 'integer');
    case 'boolean':
      return dice.chance(0.5);
    case 'null':
      return null;
    default:
      return dice.one([dice.integer(0, 100), dice.one(words), true, {}, []]);
  }
}

function sampleObject(schema: JsonSchema, dice: Dice, words: readonly string[]): Record<string, unknown> {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = (schema.required ?? []) as string[];
  const fields = Object.entries(properties).filter(([name]) => required.includes(name) || dice.chance(0.3));
  const object = Object.fromEntries(fields.map(([name, field]) => [name, sample(field, dice, words)]));
  if (typeof schema.additionalProperties === 'object' && dice.chance(0.5)) {
    object[dice.one(words).slice(0, 64)] = sample(schema.additionalProperties as JsonSchema, dice, words);
  }
  return object;
}

function sampleText(schema: JsonSchema, dice: Dice, words: readonly string[]): string {
  if (schema.format === 'date') {
    return new Date(Date.UTC(2022, 0, dice.integer(1, 1460))).toISOString().slice(0, 10);
  }
  if (schema.format === 'date-time')
    return new Date(Date.UTC(2022, 0, 1, dice.integer(0, 35_000))).toISOString();
  if (schema.format === 'uuid') {
    const digits = Array.from({ length: 32 }, () => dice.integer(0, 15).toString(16)).join('');
    return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
  }
  if (dice.chance(0.1)) return hostileText(dice);
  return dice.one(words);
}

function sampleNumber(schema: JsonSchema, dice: Dice, isWhole: boolean): number {
  const least = numbersAt(schema, 'minimum') ?? numbersAt(schema, 'exclusiveMinimum') ?? 0;
  const most = numbersAt(schema, 'maximum') ?? numbersAt(schema, 'exclusiveMaximum') ?? 1e6;
  if (dice.chance(0.2)) return dice.one([least, most]);
  return isWhole ? dice.integer(Math.ceil(least), Math.floor(most)) : dice.number(least, most);
}
