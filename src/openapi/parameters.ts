import type { z } from 'zod';
import type { OpenApiParameter } from './open-api-types.js';
import { requestSchema, type JsonSchema } from './json-schema.js';
import type { Operation } from './operation.js';
import type { Route } from './routes.js';

/** What the headers are that routes read, under the names that a reader knows them by. */
const knownHeaders: readonly Omit<OpenApiParameter, 'in' | 'required'>[] = [
  {
    name: 'Idempotency-Key',
    description:
      'names this request: sent again within 24 h, it gets the first answer again. 1 to 128 printable ASCII ' +
      'characters, of the user alone; with another request it is refused',
    schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[ -~]+$' },
    example: 'my-first-run',
  },
  {
    name: 'Last-Event-ID',
    description:
      'the id of the last message that came before a break, as an EventSource sends it by itself: what was missed ' +
      'since then comes first, once each and in order; after an id that is unknown or too old, a new initial_state',
    schema: { type: 'string' },
    example: '5b1e9c-42',
  },
];

/** The parameters of a route: those of its path, of its query and of its headers. */
export function parametersOf(route: Route, operation: Operation): OpenApiParameter[] {
  const query = route.query ?? operation.reads?.query;
  return [
    ...route.pathParams.map((name) => pathParameter(name, operation)),
    ...(query ? queryParameters(query, operation) : []),
    ...[...(route.createsTask ? ['Idempotency-Key'] : []), ...route.headers].map(headerParameter),
  ];
}

function pathParameter(name: string, { pathParams, pathExample }: Operation): OpenApiParameter {
  const known = pathParams?.shape[name] as z.ZodType | undefined;
  const schema = known ? requestSchema(known) : { type: 'string', format: 'uuid' };
  return parameter(name, 'path', true, schema, pathExample?.[name]);
}

function queryParameters(query: z.ZodObject, { queryExample }: Operation): OpenApiParameter[] {
  const { properties, required = [] } = requestSchema(query) as {
    properties: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) =>
    parameter(name, 'query', required.includes(name), schema, queryExample?.[name]),
  );
}

/** A schema's own description becomes that of the parameter. */
function parameter(
  name: string,
  place: 'path' | 'query',
  required: boolean,
  { description, ...schema }: JsonSchema,
  example: string | number | undefined,
): OpenApiParameter {
  return {
    name,
    in: place,
    required,
    ...(description !== undefined && { description: description as string }),
    schema,
    ...(example !== undefined && { example }),
  };
}

/** Decorators may name a header in letters of any case. */
function headerParameter(name: string): OpenApiParameter {
  const known = knownHeaders.find((header) => header.name.toLowerCase() === name.toLowerCase());
  return { ...(known ?? { name, schema: { type: 'string' } }), in: 'header', required: false };
}
