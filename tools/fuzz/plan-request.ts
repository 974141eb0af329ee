import type {
  OpenApiDocument,
  OpenApiOperation,
  OpenApiParameter,
} from '../../src/openapi/open-api-types.js';
import type { SeededRandom } from '../test-kit/index.js';
import { hostileBody, hostileText, hostileValue, jsonText } from './hostile.js';
import { sample } from './sample.js';

export type Role = 'anonymous' | 'forger' | 'user' | 'admin';

export interface DocumentedOperation extends OpenApiOperation {
  readonly method: string;
  readonly path: string;
}

export interface PlannedRequest {
  readonly operation: DocumentedOperation;
  readonly role: Role;
  /** Path and query as they are sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The operations of a document, in its order. */
function operationsOf({ paths }: OpenApiDocument): DocumentedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
}

/** Every text in the examples of a document: names, symbols, strategies, spans. */
function wordsOf(document: OpenApiDocument): string[] {
  const words = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length <= 64) words.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const operation of operationsOf(document)) {
    for (const { example } of Object.values(operation.requestBody?.content ?? {})) collect(example);
    for (const { example } of operation.parameters ?? []) collect(example);
  }
  return [...words];
}

/** Plans requests that are right, nearly right and quite wrong. */
export class RequestPlanner {
  readonly #operations: readonly DocumentedOperation[];
  readonly #words: readonly string[];

  /** @param ids of things that exist, found on the way; the planner only reads it */
  constructor(
    document: OpenApiDocument,
    private readonly random: SeededRandom,
    private readonly ids: readonly string[],
  ) {
    this.#operations = operationsOf(document);
    this.#words = wordsOf(document);
  }

  next(): PlannedRequest {
    const { random } = this;
    const operation = random.pick(this.#operations);
    const role = random.pick<Role>(['user', 'user', 'user', 'user', 'admin', 'admin', 'anonymous', 'forger']);
    const { body, type } = this.#body(operation);
    return {
      operation,
      role,
      url: this.#path(operation) + this.#query(operation),
      headers: { ...(type !== null && { 'content-type': type }), ...this.#headers(operation) },
      body,
    };
  }

  #path(operation: DocumentedOperation): string {
    return operation.path.replace(/\{\w+\}/g, () => {
      if (this.random.chance(0.75)) return this.#id();
      return this.random.chance(0.3)
        ? this.random.pick(['%00', '%', '%ff', '..%2f..', '%2e%2e', '*'])
        : // Never empty: without its id the path would be that of the list.
          `x${wellFormed(hostileText(this.random)).slice(0, 300)}`;
    });
  }

  #id(): string {
    const isKnown = this.ids.length > 0 && this.random.chance(0.8);
    return isKnown
      ? this.random.pick(this.ids)
      : (sample({ type: 'string', format: 'uuid' }, this.random, []) as string);
  }

  #query(operation: DocumentedOperation): string {
    const { random } = this;
    if (random.chance(0.03))
      return random.pick(['?', '?%', '?=', '?&&', '?a[b]=c', '?a=%00', '?__proto__=1', '?a=1;b=2']);
    const pairs: string[] = [];
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in !== 'query') continue;
      if (parameter.required ? random.chance(0.1) : random.chance(0.6)) continue;
      pairs.push(`${parameter.name}=${wellFormed(this.#queryValue(parameter))}`);
    }
    if (random.chance(0.04)) pairs.push(`${random.pick(['surprise', 'token', 'ticket', 'limit'])}=1`);
    if (pairs.length > 0 && random.chance(0.04)) pairs.push(pairs[0]!);
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  }

  #queryValue({ schema, example }: OpenApiParameter): string {
    if (this.random.chance(0.2)) return hostileText(this.random).slice(0, 2000);
    if (example !== undefined && this.random.chance(0.5)) return String(example);
    return String(sample(schema, this.random, this.#words));
  }

  #headers(operation: DocumentedOperation): Record<string, string> {
    const { random } = this;
    const headers: Record<string, string> = {};
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in !== 'header' || random.chance(0.6)) continue;
      headers[parameter.name.toLowerCase()] = random.pick([
        'a',
        'b',
        'key 3',
        '1-1',
        '',
        'x'.repeat(200),
        'caf\u00e9',
      ]);
    }
    if (random.chance(0.05))
      headers['x-request-id'] = random.pick(['12345678', 'x', '<script>', 'a'.repeat(64)]);
    if (random.chance(0.05))
      headers['x-forwarded-for'] = random.pick(['1.2.3.4', 'unknown', '::1, 10.0.0.1', ',,,']);
    if (random.chance(0.03)) headers.accept = random.pick(['text/html', 'image/png', '*/*;q=0', 'nonsense']);
    if (random.chance(0.03))
      headers['content-encoding'] = random.pick(['gzip', 'br', 'identity', 'nonsense']);
    return headers;
  }

  #body({ method, requestBody }: DocumentedOperation): { body: string | null; type: string | null } {
    const { random } = this;
    if (requestBody === undefined && !random.chance(method === 'GET' ? 0.01 : 0.05))
      return { body: null, type: null };
    const json = requestBody?.content['application/json'];
    if (json === undefined || random.chance(0.1)) {
      const { text, type } = hostileBody(random);
      return { body: text, type };
    }
    const base = structuredClone(
      json.example !== undefined && random.chance(0.6)
        ? json.example
        : sample(json.schema, random, this.#words),
    );
    const body = random.chance(0.5) ? base : this.#mutated(base);
    return { body: jsonText(body), type: 'application/json' };
  }

  /** The body with one to three fields replaced, removed or added, at any depth. */
  #mutated(body: unknown): unknown {
    for (let i = this.random.integer(1, 3); i > 0; i -= 1) {
      let at = body;
      for (;;) {
        if (typeof at !== 'object' || at === null) break;
        const fields = at as Record<string, unknown>;
        const keys = Object.keys(fields);
        const key =
          keys.length === 0 || this.random.chance(0.1)
            ? this.random.pick(this.#words)
            : this.random.pick(keys);
        const inner = fields[key];
        if (typeof inner === 'object' && inner !== null && this.random.chance(0.5)) {
          at = inner;
          continue;
        }
        if (this.random.chance(0.2)) Reflect.deleteProperty(fields, key);
        else fields[key] = this.random.chance(0.2) ? this.#id() : hostileValue(this.random);
        break;
      }
    }
    return body;
  }
}

function wellFormed(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}
