import { answerSchema, answerSchemas, requestSchema } from './json-schema.js';
import { isOtherMedia, type Operation, type Operations } from './operation.js';
import { parametersOf } from './parameters.js';
import { problemExamples, refusalsOf } from './refusals.js';
import type { OpenApiDocument, OpenApiOperation, OpenApiResponse } from './open-api-types.js';
import type { Route } from './routes.js';
import { tagDescriptions } from './tags.js';

const description =
  'Compute jobs of a trading platform: run when the machine has the headroom, queued fairly when it has not. ' +
  'Errors are RFC 9457 problems; `code` is stable. Times are ISO-8601 in UTC. A path that is documented as 404 ' +
  'answers alike for what is absent and for what belongs to somebody else.';

/** The OpenAPI 3.1 document of these routes. A route that no operation describes is documented as far as its decorators go. */
export function documentOf(
  routes: readonly Route[],
  operations: Operations,
  version: string,
): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const operation = operations[route.name] ?? { summary: route.name, answer: null };
    (paths[path] ??= {})[route.method.toLowerCase()] = describe(route, operation);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Headroom', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({
      name,
      ...(name in tagDescriptions && { description: tagDescriptions[name]! }),
    })),
    paths,
    components: {
      schemas: answerSchemas(),
      examples: problemExamples(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'the access_token of POST /api/auth/login or /api/auth/refresh, for 15 minutes',
        },
        ticket: {
          type: 'apiKey',
          in: 'query',
          name: 'ticket',
          description: 'the ticket of POST /api/auth/stream-ticket; opens one stream, once, within 30 s',
        },
        token: {
          type: 'apiKey',
          in: 'query',
          name: 'token',
          description: 'an access token, for clients that can send no header; a ticket is safer',
        },
      },
    },
  };
}

function describe(route: Route, operation: Operation): OpenApiOperation {
  const parameters = parametersOf(route, operation);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: operation.summary + (route.roles?.includes('user') === false ? ' (admins)' : ''),
    ...(operation.description !== undefined && { description: operation.description }),
    security: securityOf(route),
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(route, operation),
    responses: { ...successesOf(route, operation), ...refusalsOf(route, operation) },
  };
}

function requestBodyOf(route: Route, operation: Operation): Pick<OpenApiOperation, 'requestBody'> {
  const { requestExample: example, reads } = operation;
  const schema = route.body ?? reads?.body;
  if (schema === undefined) return {};
  const json = { schema: requestSchema(schema), ...(example !== undefined && { example }) };
  const files = (reads?.files ?? []).map((type) => [type, { schema: {} }] as const);
  return {
    requestBody: { required: true, content: { 'application/json': json, ...Object.fromEntries(files) } },
  };
}

function securityOf(route: Route): Record<string, string[]>[] {
  if (route.isPublic) return [];
  const streams = route.takesStreamCredentials ? [{ ticket: [] }, { token: [] }] : [];
  return [{ bearer: [] }, ...streams];
}

function successesOf(route: Route, operation: Operation): Record<string, OpenApiResponse> {
  const success: OpenApiResponse = { description: operation.summary, ...contentOf(operation) };
  if (route.createsTask) {
    success.headers = {
      Location: { description: 'where the result will be', schema: { type: 'string' } },
      'Idempotency-Replayed': {
        description: 'this answer was given before',
        schema: { type: 'string', const: 'true' },
      },
    };
  }
  const further = Object.entries(operation.alsoWith ?? {}).map(([status, words]) => [
    status,
    { description: words, ...contentOf(operation) },
  ]);
  return { [route.status]: success, ...(Object.fromEntries(further) as Record<string, OpenApiResponse>) };
}

function contentOf({ answer, answerExample }: Operation): Pick<OpenApiResponse, 'content'> {
  if (answer === null) return {};
  const example = answerExample === undefined ? {} : { example: answerExample };
  return isOtherMedia(answer)
    ? { content: { [answer.mediaType]: { schema: answerSchema(answer.schema), ...example } } }
    : { content: { 'application/json': { schema: answerSchema(answer), ...example } } };
}
