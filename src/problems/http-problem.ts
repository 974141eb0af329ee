import { STATUS_CODES } from 'node:http';

export interface FieldError {
  path: string;
  message: string;
}

/**
 * A refusal that a client can act on; the problem filter turns it into an RFC 9457 answer.
 *
 * `code` is stable and in SCREAMING_SNAKE_CASE; `detail` is a sentence with figures for people.
 */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly extras: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(`${code}: ${detail}`, { cause: extras.cause });
  }

  get title(): string {
    return STATUS_CODES[this.status] ?? 'Error';
  }

  /** What exists not, and what is another user's, gets this very answer. */
  static notFound(): HttpProblem {
    return new HttpProblem(404, 'NOT_FOUND', 'There is no such resource, or it is not yours.');
  }

  static unauthorized(): HttpProblem {
    return new HttpProblem(401, 'UNAUTHORIZED', 'A valid access token is required.', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  }

  static forbidden(): HttpProblem {
    return new HttpProblem(403, 'FORBIDDEN', 'This needs the admin role.');
  }

  static invalid(path: string, message: string, code = 'VALIDATION_FAILED'): HttpProblem {
    return new HttpProblem(422, code, `${path}: ${message}`, { errors: [{ path, message }] });
  }

  static conflict(code: string, detail: string): HttpProblem {
    return new HttpProblem(409, code, detail);
  }
}
