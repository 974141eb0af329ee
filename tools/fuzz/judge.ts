import { problem } from '@app/contracts';
import { isOtherMedia } from '../../src/openapi/operation.js';
import { operations } from '../../src/openapi/operations.js';
import type { PlannedRequest } from './plan-request.js';

export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** What is wrong with an answer; null when it is as the document says. */
export function faultIn({ operation }: PlannedRequest, answer: ReceivedAnswer): string | null {
  const { status } = answer;
  const documented = operation.responses[status];
  if (status >= 500 && documented?.content?.['application/json'] === undefined) return `a ${status}`;
  if (answer.headers['x-request-id'] === undefined) return 'no X-Request-Id';
  if (documented === undefined) return `${status} is not documented`;
  return status >= 400 && documented.content?.['application/problem+json']
    ? faultInProblem(answer, documented.content['application/problem+json'].schema)
    : faultInSuccess(operation, answer);
}

function faultInProblem({ status, headers, text }: ReceivedAnswer, schema: unknown): string | null {
  const type = String(headers['content-type']);
  if (!type.startsWith('application/problem+json')) return `a ${status} of the type ${type}`;
  const read = problem.safeParse(jsonIn(text));
  if (!read.success) return `a ${status} that is no problem: ${read.error.message}`;
  const { code } = read.data;
  if (read.data.status !== status) return `status ${status} with a body that says ${read.data.status}`;
  if (!JSON.stringify(schema).includes(`"${code}"`)) return `${code} is not documented for ${status}`;
  if (/\n\s+at |node_modules|\.ts:\d|select .* from /i.test(text))
    return 'an answer that tells of the inside';
  if (status === 429 && headers['retry-after'] === undefined) return 'a 429 without Retry-After';
  return null;
}

function faultInSuccess(
  { method, path }: PlannedRequest['operation'],
  { status, headers, text }: ReceivedAnswer,
): string | null {
  const answer = operations[`${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`]?.answer;
  if (answer === undefined) return null;
  if (answer === null) return text === '' ? null : `a ${status} with a body that is documented without`;
  const type = String(headers['content-type']);
  const expected = isOtherMedia(answer) ? answer.mediaType : 'application/json';
  if (!type.startsWith(expected)) return `a ${status} of the type ${type}, documented as ${expected}`;
  if (isOtherMedia(answer)) return null;
  const read = answer.safeParse(jsonIn(text));
  return read.success ? null : `an answer that is not as documented: ${read.error.message}`;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
