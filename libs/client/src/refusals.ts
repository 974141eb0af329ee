import type { components } from './schema.js';

export type Problem = components['schemas']['Problem'];

/** The server's own word on why it refused a request. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  constructor(
    readonly status: number,
    readonly problem: Problem | null,
  ) {
    super(problem ? `${problem.code}: ${problem.detail}` : `The server answered ${status}.`);
  }

  /** Of an answer that is no success, whatever its body is. */
  static async of(response: Response): Promise<RequestRefused> {
    return new RequestRefused(response.status, problemIn(await response.json().catch(() => null)));
  }
}

/** Nobody answers at the address. */
export class ServerAway extends Error {
  override readonly name = 'ServerAway';

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
