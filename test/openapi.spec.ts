import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from '@app/contracts';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { AppModule } from '../src/app.module.js';
import { readConfig } from '../src/config/config.js';
import { documentOf } from '../src/openapi/document.js';
import type { OpenApiDocument } from '../src/openapi/open-api-types.js';
import { isOtherMedia } from '../src/openapi/operation.js';
import { registeredRoutes } from '../src/openapi/openapi.module.js';
import { operations } from '../src/openapi/operations.js';
import { problemCodes } from '../src/problems/problem-codes.js';
import type { Route } from '../src/openapi/routes.js';

let routes: Route[];
let document: OpenApiDocument;
beforeAll(async () => {
  // In preview, Nest registers everything and starts nothing.
  const app = await NestFactory.create(AppModule.with(readConfig({}), []), { preview: true, logger: false });
  routes = registeredRoutes(app.get(ModulesContainer));
  document = documentOf(routes, operations, '1.2.3');
});

const names = (keys: Iterable<string>) => [...keys].sort();

/** Every `$ref` below a value. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = '$ref' in value ? [String(value.$ref)] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

const operationsOf = (of: OpenApiDocument) =>
  Object.values(of.paths).flatMap((methods) => Object.values(methods));

/** The properties of a schema and of all schemas in it, those without a description by their path. */
function unexplainedIn(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, ...rest } = schema as { properties?: Record<string, { description?: string }> };
  const own = Object.entries(properties).flatMap(([name, property]) => [
    ...(property.description ? [] : [`${path}.${name}`]),
    ...unexplainedIn(property, `${path}.${name}`),
  ]);
  return [...own, ...Object.values(rest).flatMap((value) => unexplainedIn(value, path))];
}

describe('the OpenAPI document', () => {
  it('describes every route that Nest has registered, and no other', () => {
    expect(names(Object.keys(operations))).toEqual(names(routes.map(({ name }) => name)));
    const paths = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(names(paths)).toEqual(names(routes.map(({ name }) => name.replace(/:(\w+)/g, '{$1}'))));
  });

  it('gives every operation an id of its own', () => {
    const ids = routes.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says what every parameter is', () => {
    const parameters = operationsOf(document).flatMap(({ operationId, parameters = [] }) =>
      parameters.map((parameter) => ({ ...parameter, operationId })),
    );
    expect(parameters.length).toBeGreaterThan(60);
    const unexplained = parameters.filter(({ description }) => !description);
    expect(unexplained.map(({ operationId, name }) => `${operationId}: ${name}`)).toEqual([]);
  });

  it('says what every field of a body is', () => {
    const bodies = operationsOf(document).flatMap(({ operationId, requestBody }) =>
      unexplainedIn(requestBody?.content['application/json']?.schema, operationId),
    );
    expect(bodies).toEqual([]);
  });

  it('writes headers as readers know them, whatever the case in a decorator', () => {
    const { parameters } = document.paths['/api/system/task-events']!.get!;
    expect(parameters?.filter((parameter) => parameter.in === 'header')).toMatchObject([
      { name: 'Last-Event-ID', required: false },
    ]);
  });

  it('bounds whole numbers only where the server does', () => {
    const { rows } = document.components.schemas.SymbolInfo!.properties as Record<string, unknown>;
    expect(rows).toEqual({ type: 'integer', description: expect.any(String) });
  });

  it('says more of every operation and tag than its name', () => {
    expect(operationsOf(document).flatMap((of) => (of.description ? [] : [of.operationId]))).toEqual([]);
    expect(document.tags.flatMap(({ name, description }) => (description ? [] : [name]))).toEqual([]);
  });

  it('refers only to what it holds', () => {
    for (const reference of referencesIn(document)) {
      const target = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
      expect({ reference, found: target !== undefined }).toEqual({ reference, found: true });
    }
  });

  it('has an example of every answer that has a body, and each is one', () => {
    for (const route of routes) {
      const { answer, answerExample } = operations[route.name]!;
      if (answer === null) continue;
      expect([route.name, answerExample === undefined]).toEqual([route.name, false]);
      const wrong = isOtherMedia(answer) ? null : (answer.safeParse(answerExample).error?.issues ?? null);
      expect([route.name, wrong]).toEqual([route.name, null]);
    }
  });

  it('has an example of every body and every required query, and each is one', () => {
    for (const { name, body, query } of routes) {
      const { requestExample, queryExample = {}, pathExample, pathParams, reads } = operations[name]!;
      const wrong = [
        ...((body ?? reads?.body)?.safeParse(requestExample).error?.issues ?? []),
        ...((query ?? reads?.query)?.safeParse(queryExample).error?.issues ?? []),
        ...(pathParams?.safeParse(pathExample).error?.issues ?? []),
      ];
      expect([name, wrong]).toEqual([name, []]);
    }
  });

  it('has an example of every problem code, and each refusal shows those that it can be', () => {
    const { examples } = document.components;
    expect(names(Object.keys(examples))).toEqual(names(Object.keys(problemCodes)));
    for (const [code, { value }] of Object.entries(examples)) {
      const { status } = problemCodes[code as keyof typeof problemCodes];
      expect([code, problem.safeParse(value).error?.issues ?? []]).toEqual([code, []]);
      expect(value).toMatchObject({ code, status });
    }
    const shown = new Set<string>();
    for (const operation of operationsOf(document))
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const refusal = content?.['application/problem+json'];
        if (refusal === undefined) continue;
        const codes = Object.keys(refusal.examples ?? {});
        expect([operation.operationId, status, codes.length > 0]).toEqual([
          operation.operationId,
          status,
          true,
        ]);
        for (const code of codes) {
          expect([code, problemCodes[code as keyof typeof problemCodes].status]).toEqual([
            code,
            Number(status),
          ]);
          shown.add(code);
        }
      }
    expect(names(shown)).toEqual(names(Object.keys(problemCodes)));
  });

  it('says which tokens a route takes', () => {
    const securityOf = (path: string) => document.paths[path]!.get!.security;
    expect(securityOf('/api/health/live')).toEqual([]);
    expect(securityOf('/api/tasks')).toEqual([{ bearer: [] }]);
    expect(securityOf('/api/system/task-events')).toEqual([{ bearer: [] }, { ticket: [] }, { token: [] }]);
  });

  it('takes queries and bodies from what the server itself checks', () => {
    const { parameters } = document.paths['/api/tasks']!.get!;
    expect(parameters!.find(({ name }) => name === 'limit')).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    });
    const run = document.paths['/api/backtests/run']!.post!;
    expect(run.parameters!.map(({ name }) => name)).toEqual(['Idempotency-Key']);
    const { schema } = run.requestBody!.content['application/json']!;
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(schema.required).toEqual(['strategy', 'symbol', 'start_date', 'end_date', 'initial_capital']);
    expect(Object.keys(run.responses).sort()).toEqual(
      [
        '202',
        '400',
        '401',
        '404',
        '408',
        '409',
        '413',
        '415',
        '422',
        '429',
        '431',
        '500',
        '503',
        '507',
      ].sort(),
    );
  });

  it('knows every problem code that the source can answer with', () => {
    const folder = join(import.meta.dirname, '..', 'src');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.startsWith('openapi'))
      .map((path) => readFileSync(join(folder, path), 'utf8'));
    const refusals =
      /(?:new HttpProblem\(\s*\d+|HttpProblem\.conflict\(|HttpProblem\.invalid\([^;]*?|super\(\d+),?\s*'([A-Z][A-Z0-9_]+)'/g;
    const used = new Set(sources.flatMap((text) => [...text.matchAll(refusals)].map((match) => match[1]!)));
    expect(used.size).toBeGreaterThan(35);
    expect([...used].filter((code) => !(code in problemCodes))).toEqual([]);
  });
});
