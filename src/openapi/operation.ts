import type { z } from 'zod';
import type { ProblemCode } from '../problems/problem-codes.js';

/** A body that is not JSON. */
export interface OtherMedia {
  readonly mediaType: string;
  readonly schema: z.ZodType;
}

/** What a route's decorators do not say: words, the answer's shape, examples and its own problem codes. */
export interface Operation {
  /** One line: what the call does. */
  readonly summary: string;
  /** What else there is to know before calling it. */
  readonly description?: string;
  /** The body of the route's success; null where there is none. */
  readonly answer: z.ZodType | OtherMedia | null;
  readonly answerExample?: unknown;
  /** Answers of the same shape under further status codes: 503 of the readiness check. */
  readonly alsoWith?: Readonly<Record<number, string>>;
  readonly requestExample?: unknown;
  /** What the handler reads and checks by itself, where no decorator names a schema. */
  readonly reads?: {
    readonly body?: z.ZodType;
    readonly query?: z.ZodObject;
    /** Other bodies that it takes, as files. */
    readonly files?: readonly string[];
  };
  /** What the parameters in the path are; a UUID where nothing is said. */
  readonly pathParams?: z.ZodObject;
  readonly pathExample?: Readonly<Record<string, string>>;
  readonly queryExample?: Readonly<Record<string, string | number>>;
  /** Beyond those that follow from the route's kind (token, role, body, query, id, creation of a task). */
  readonly problems?: readonly ProblemCode[];
}

/** Operations by route name, `GET /api/tasks/:task_id`. */
export type Operations = Readonly<Record<string, Operation>>;

export function isOtherMedia(answer: Operation['answer']): answer is OtherMedia {
  return answer !== null && 'mediaType' in answer;
}
