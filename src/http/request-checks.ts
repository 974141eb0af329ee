import { boundedText } from '@app/text';
import type { NextFunction, Request, Response } from 'express';
import { HttpProblem, type FieldError } from '../problems/http-problem.js';
import { sendProblem } from './problem.filter.js';

/** What neither the database nor UTF-8 can hold. */
const noText = /[\0\p{Surrogate}]/u;
/** Every object has these by birth; no field of ours is called so. */
const inheritedNames = new Set(['__proto__', 'constructor', 'prototype']);

/** A key that comes twice in a query has two meanings, so it has none. */
export function refuseDuplicateQueryKeys(request: Request, response: Response, next: NextFunction): void {
  const query = request.originalUrl.split('?', 2)[1];
  if (query !== undefined) {
    const seen = new Set<string>();
    for (const key of new URLSearchParams(query).keys()) {
      if (seen.has(key) || inheritedNames.has(key)) {
        const refusal = seen.has(key)
          ? new HttpProblem(400, 'DUPLICATE_QUERY_KEY', 'A query key may come only once.')
          : new HttpProblem(400, 'QUERY_INVALID', `${key}: is no parameter.`);
        sendProblem(request, response, refusal);
        return;
      }
      seen.add(key);
    }
  }
  next();
}

/** An address that cannot be decoded, or holds the NUL that no database takes. */
export function refuseMalformedUrls(request: Request, response: Response, next: NextFunction): void {
  if (!request.originalUrl.includes('%') || isDecodable(request.originalUrl)) {
    next();
    return;
  }
  sendProblem(
    request,
    response,
    new HttpProblem(400, 'MALFORMED_URL', 'The address holds a NUL or a broken percent sequence.'),
  );
}

function isDecodable(url: string): boolean {
  try {
    return !decodeURIComponent(url).includes('\0');
  } catch {
    return false;
  }
}

/** Routes that take a file as their body, and read it themselves. */
const uploadRoutes = new Set(['/api/market-data/import']);

/** A body that is not JSON is refused before anybody reads it. */
export function refuseOtherMediaTypes(request: Request, response: Response, next: NextFunction): void {
  if (uploadRoutes.has(request.path)) {
    next();
    return;
  }
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

/** What JSON can say and no field of ours may hold: refused with its place, before any schema sees it. */
export function refuseHostileValues(request: Request, response: Response, next: NextFunction): void {
  const errors: FieldError[] = [];
  collectHostile(request.body, '', errors);
  const [first] = errors;
  if (first === undefined) {
    next();
    return;
  }
  const detail = `${first.path}: ${first.message}`;
  sendProblem(request, response, new HttpProblem(422, 'VALIDATION_FAILED', detail, { errors }));
}

const mostErrors = 20;
const maxPathCodePoints = 200;

function collectHostile(value: unknown, path: string, errors: FieldError[]): void {
  const refuse = (message: string) => errors.push({ path: boundedText(path, maxPathCodePoints), message });
  if (errors.length >= mostErrors) return;
  if (typeof value === 'string') {
    if (noText.test(value)) refuse('must hold neither a NUL nor half of a surrogate pair');
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse('is beyond the range of numbers');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const memberPath = path === '' ? key : `${path}.${key}`;
      if (inheritedNames.has(key)) refuse(`must not hold a field ${key}`);
      else if (noText.test(key)) refuse('holds a field whose name is no proper text');
      else collectHostile(member, memberPath, errors);
    }
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

/** What Express's body parser throws carries a `type`, what unpacking throws a status alone. */
function bodyParserProblem(error: unknown): HttpProblem | null {
  if (typeof error !== 'object' || error === null) return null;
  switch ('type' in error ? error.type : null) {
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
      return 'status' in error && error.status === 400
        ? new HttpProblem(400, 'BODY_UNREADABLE', 'The body is not packed as its Content-Encoding says.')
        : null;
  }
}
