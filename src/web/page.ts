import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import express, { type RequestHandler } from 'express';

const oneYear = 'public, max-age=31536000, immutable';

/**
 * Content-Security-Policy directives of every answer.
 *
 * Scripts come from our own files alone. Naive UI writes its components' styles into `<style>` elements
 * at run time and has no way to give them a nonce, so inline styles are allowed.
 */
export const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * Serves the built page from `folder`: its files as they are, and `index.html` for every other path that a
 * browser asks for as a page. Paths of the API never get here an answer, and without a build nothing does.
 */
export function servePage(folder: string): RequestHandler {
  const indexFile = join(folder, 'index.html');
  if (!existsSync(indexFile) || !existsSync(join(folder, 'assets'))) {
    return (_request, _response, next) => next();
  }
  const index = readFileSync(indexFile);
  const packed = new Set(
    readdirSync(join(folder, 'assets'))
      .filter((name) => name.endsWith('.gz'))
      .map((name) => `/assets/${name}`),
  );
  const files = express.static(folder, {
    index: false,
    redirect: false,
    setHeaders: (response, path) => {
      // The names of the files in assets/ carry a hash of their content.
      if (path.startsWith(join(folder, 'assets'))) response.setHeader('Cache-Control', oneYear);
    },
  });
  return (request, response, next) => {
    if (belongsToApi(request.path) || (request.method !== 'GET' && request.method !== 'HEAD')) {
      next();
      return;
    }
    if (packed.has(`${request.path}.gz`) && request.acceptsEncodings('gzip') === 'gzip') {
      response.type(extname(request.path)).set({ 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
      request.url = `${request.path}.gz`;
    }
    files(request, response, (error?: unknown) => {
      const isPage =
        error === undefined && extname(request.path) === '' && request.accepts('html') === 'html';
      if (!isPage) {
        next(error);
        return;
      }
      response.set({ 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' }).send(index);
    });
  };
}

function belongsToApi(path: string): boolean {
  return /^\/(api|metrics)(\/|$)/i.test(path);
}
