import { STATUS_CODES } from 'node:http';
import type { OpenApiResponse } from './open-api-types.js';
import type { Operation } from './operation.js';
import { problemCodes, type ProblemCode } from '../problems/problem-codes.js';
import type { Route } from './routes.js';

/** The problem codes that a route can answer with. */
function problemsOf(route: Route, operation: Operation): ProblemCode[] {
  const codes: ProblemCode[] = [
    'DUPLICATE_QUERY_KEY',
    'QUERY_INVALID',
    'MALFORMED_URL',
    'TOO_MANY_REQUESTS',
    'INTERNAL_ERROR',
  ];
  // A body is looked at before the route is known.
  codes.push(
    'MALFORMED_JSON',
    'BODY_INCOMPLETE',
    'BODY_UNREADABLE',
    'BODY_TOO_DEEP',
    'BODY_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
  );
  codes.push('VALIDATION_FAILED', 'DATABASE_UNAVAILABLE', 'WORKER_ONLY');
  // Refused by the HTTP server itself.
  codes.push('MALFORMED_REQUEST', 'REQUEST_TIMEOUT', 'HEADERS_TOO_LARGE');
  if (!route.isPublic) codes.push('UNAUTHORIZED');
  if (route.roles) codes.push('FORBIDDEN');
  if (route.pathParams.length > 0) codes.push('NOT_FOUND');
  if (route.query !== null && 'cursor' in route.query.shape) codes.push('CURSOR_INVALID');
  if (route.createsTask) {
    codes.push('IDEMPOTENCY_KEY_INVALID', 'IDEMPOTENCY_KEY_REUSED');
    codes.push('TASK_TOO_LARGE', 'QUEUE_FULL', 'STORAGE_FULL', 'DISK_FULL');
  }
  return [...new Set([...codes, ...(operation.problems ?? [])])].sort();
}

/** The problem answers of a route by status, each with its codes. */
export function refusalsOf(route: Route, operation: Operation): Record<string, OpenApiResponse> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(route, operation)) {
    const { status } = problemCodes[code];
    // A status that is also a proper answer of the route (503 of the readiness check) is documented as that.
    if (operation.alsoWith?.[status] === undefined)
      byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, refusal(status, codes)]));
}

/** An example of each problem, for all routes to refer to. */
export function problemExamples(): Record<string, { value: unknown }> {
  return Object.fromEntries(
    Object.entries(problemCodes).map(([code, { status, when }]) => [
      code,
      {
        value: {
          type: `urn:headroom:problem:${code.toLowerCase().replaceAll('_', '-')}`,
          title: STATUS_CODES[status],
          status,
          detail: `${when[0]!.toUpperCase()}${when.slice(1)}.`,
          instance: '/api/…',
          code,
          request_id: '25831dd4-dc27-40fa-b88f-571c7160321d',
        },
      },
    ]),
  );
}

function refusal(status: number, codes: readonly ProblemCode[]): OpenApiResponse {
  const tellsWhen = status === 429 || status === 503;
  return {
    description: codes.map((code) => `\`${code}\`: ${problemCodes[code].when}`).join('; '),
    ...(tellsWhen && {
      headers: { 'Retry-After': { description: 'seconds to wait', schema: { type: 'integer' } } },
    }),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: [...codes] } } }],
        },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}
