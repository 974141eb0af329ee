import { boundedText, storableText } from './text.js';

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

export interface JsonLimits {
  /** The most bytes of the value as JSON in UTF-8. */
  readonly maxBytes: number;
  /** The most levels of arrays and objects inside each other. */
  readonly maxDepth: number;
}

/** A value cannot be stored as JSON; the message says which part of it and why. */
export class NotStorableError extends Error {
  override readonly name = 'NotStorableError';
}

const maxNameShown = 40;
const defaultLimits: JsonLimits = { maxBytes: 2 ** 20, maxDepth: 100 };

/**
 * A copy of a value that JSON and PostgreSQL can hold: what `JSON.stringify` makes of it, with NUL and halves of
 * surrogate pairs in texts and names replaced. A field that is undefined is left out. The work is bounded by the
 * limits, however large the value is.
 *
 * @throws NotStorableError for a BigInt, a function, a symbol, a cycle, a getter that throws, or a value beyond the limits
 */
export function toStorableJson(value: unknown, limits: JsonLimits = defaultLimits): JsonValue {
  const copy = new StorableCopy(limits);
  const clean = copy.of(value, 'the value', 0) ?? null;
  const bytes = new TextEncoder().encode(JSON.stringify(clean)).length;
  if (bytes > limits.maxBytes) throw tooLarge(limits);
  return clean;
}

class StorableCopy {
  /** Grows by at most the bytes that a part takes as JSON, so that a value beyond the limit is left early. */
  #bytes = 0;
  readonly #ancestors = new Set<object>();

  constructor(private readonly limits: JsonLimits) {}

  /** Undefined for a value that JSON leaves out. */
  of(value: unknown, place: string, depth: number): JsonValue | undefined {
    switch (typeof value) {
      case 'undefined':
        return undefined;
      case 'boolean':
        this.#count(4);
        return value;
      case 'number':
        this.#count(1);
        return Number.isFinite(value) ? value : null;
      case 'string':
        // Before the text is cleaned, so that the cost stays bounded.
        this.#count(value.length + 2);
        return storableText(value);
      case 'bigint':
        throw new NotStorableError(`${place} is a BigInt, which JSON cannot hold.`);
      case 'function':
      case 'symbol':
        throw new NotStorableError(`${place} is a ${typeof value}, which JSON cannot hold.`);
      case 'object':
        return value === null ? this.#null() : this.#ofObject(value, place, depth);
    }
  }

  #null(): null {
    this.#count(4);
    return null;
  }

  #ofObject(value: object, place: string, depth: number): JsonValue | undefined {
    if (depth >= this.limits.maxDepth) {
      throw new NotStorableError(
        `The value has more than ${this.limits.maxDepth} levels of arrays and objects.`,
      );
    }
    if (this.#ancestors.has(value)) throw new NotStorableError(`${place} contains itself.`);
    this.#ancestors.add(value);
    try {
      return this.#membersOf(value, place, depth);
    } finally {
      this.#ancestors.delete(value);
    }
  }

  #membersOf(value: object, place: string, depth: number): JsonValue | undefined {
    const toJson = read(value, 'toJSON', place);
    if (typeof toJson === 'function') {
      return this.of(
        attempt(() => toJson.call(value, '') as unknown, place),
        place,
        depth + 1,
      );
    }
    this.#count(2);
    if (Array.isArray(value)) return this.#items(value, place, depth);
    const clean: [string, JsonValue][] = [];
    for (const name of attempt(() => Object.keys(value), place)) {
      const memberPlace = `${place}.${boundedText(name, maxNameShown)}`;
      const member = this.of(read(value, name, memberPlace), memberPlace, depth + 1);
      if (member === undefined) continue;
      this.#count(name.length + 4);
      clean.push([storableText(name), member]);
    }
    return Object.fromEntries(clean);
  }

  #items(value: readonly unknown[], place: string, depth: number): JsonValue[] {
    const clean: JsonValue[] = [];
    for (let index = 0; index < value.length; index += 1) {
      const itemPlace = `${place}[${index}]`;
      this.#count(1);
      clean.push(this.of(read(value, index, itemPlace), itemPlace, depth + 1) ?? this.#null());
    }
    return clean;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    // Commas and braces are counted generously, hence the slack.
    if (this.#bytes > this.limits.maxBytes + 1024 + this.limits.maxBytes / 2) throw tooLarge(this.limits);
  }
}

function tooLarge({ maxBytes }: JsonLimits): NotStorableError {
  return new NotStorableError(`The value is larger than ${maxBytes} bytes as JSON.`);
}

function read(value: object, name: string | number, place: string): unknown {
  return attempt(() => (value as Record<string | number, unknown>)[name], place);
}

function attempt<T>(action: () => T, place: string): T {
  try {
    return action();
  } catch {
    throw new NotStorableError(`${place} cannot be read: its getter or its toJSON throws an error.`);
  }
}
