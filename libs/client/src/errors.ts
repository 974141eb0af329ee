import type { components } from './schema.js';

export type Problem = components['schemas']['Problem'];

/** The server has refused a request; `problem` says why. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly problem: Problem | null,
  ) {
    super(problem ? `${problem.code}: ${problem.detail}` : `The server answered ${status}.`);
  }

  /** Of an answer that is no success, whatever its body is. */
  static async of(response: Response): Promise<ApiError> {
    return new ApiError(response.status, problemIn(await response.json().catch(() => null)));
  }
}

/** No server answers at the address. */
export class ServerUnreachableError extends Error {
  override readonly name = 'ServerUnreachableError';

  constructor(url: string, cause: unknown) {
    const within = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const why = within instanceof Error ? within.message || within.name : String(within);
    super(`No server answers at ${url} (${why}).`, { cause });
  }
}

/** A body as a problem; null where a proxy, say, has answered something else. */
export function problemIn(body: unknown): Problem | null {
  const isProblem = typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
  return isProblem ? (body as Problem) : null;
}
