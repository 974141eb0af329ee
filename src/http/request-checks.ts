import type { NextFunction, Request, Response } from 'express';
import { HttpProblem } from './http-problem.js';
import { sendProblem } from './problem.filter.js';

/** A key that comes twice in a query has two meanings, so it has none. */
export function refuseDuplicateQueryKeys(request: Request, response: Response, next: NextFunction): void {
  const query = request.originalUrl.split('?', 2)[1];
  if (query !== undefined) {
    const seen = new Set<string>();
    for (const key of new URLSearchParams(query).keys()) {
      if (seen.has(key)) {
        sendProblem(
          request,
          response,
          new HttpProblem(400, 'DUPLICATE_QUERY_KEY', 'A query key may come only once.'),
        );
        return;
      }
      seen.add(key);
    }
  }
  next();
}

/** A body that is not JSON is refused before anybody reads it. */
export function refuseOtherMediaTypes(request: Request, response: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && request.is('application/json') === false) {
    sendProblem(
      request,
      response,
      new HttpProblem(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be sent as application/json.'),
    );
    return;
  }
  next();
}

const deepestNesting = 32;

/** For `express.json({ verify })`: a body nested deeper than any of ours is refused before it is parsed. */
export function refuseDeepNesting(_request: unknown, _response: unknown, body: Buffer): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i];
    if (inString) {
      if (byte === 0x5c) i += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > deepestNesting) {
        throw new HttpProblem(
          400,
          'BODY_TOO_DEEP',
          `The body is nested deeper than ${deepestNesting} levels.`,
        );
      }
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
}

/** An Express error handler right behind the body parser: Nest would forget what exactly was wrong. */
export function answerParserError(
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  const refusal = error instanceof HttpProblem ? error : bodyParserProblem(error);
  if (refusal) sendProblem(request, response, refusal);
  else next(error);
}

/** What Express's body parser throws carries a `type`. */
function bodyParserProblem(error: unknown): HttpProblem | null {
  if (typeof error !== 'object' || error === null || !('type' in error)) return null;
  switch (error.type) {
    case 'entity.parse.failed':
      return new HttpProblem(400, 'MALFORMED_JSON', 'The body is not valid JSON.');
    case 'entity.too.large': {
      const limit = 'limit' in error ? String(error.limit) : 'its limit of';
      return new HttpProblem(413, 'BODY_TOO_LARGE', `The body is larger than ${limit} bytes.`);
    }
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new HttpProblem(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON in UTF-8.');
    case 'request.aborted':
    case 'request.size.invalid':
      return new HttpProblem(400, 'BODY_INCOMPLETE', 'The body ended before its announced length.');
    default:
      return null;
  }
}
