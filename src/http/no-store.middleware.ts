import type { NextFunction, Request, Response } from 'express';

/** What the API answers is one user's: no browser and no proxy keeps it. Routes may say otherwise. */
export function noStore(request: Request, response: Response, next: NextFunction): void {
  const { path } = request;
  if (path.startsWith('/api/') && !path.startsWith('/api/docs'))
    response.setHeader('Cache-Control', 'no-store');
  next();
}
