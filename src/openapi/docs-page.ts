import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RequestHandler } from 'express';

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Headroom API</title>
    <link rel="icon" href="/api/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;

/** A file of its own: the content security policy runs no script that stands in a page. */
const start = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

const packaged = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
const root = '/api/docs';

/** Shows the OpenAPI document at `/api/docs`, from files of this installation alone. */
export function serveDocs(): RequestHandler {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return (request, response, next) => {
    const { path, method } = request;
    if (!path.startsWith(root) || (method !== 'GET' && method !== 'HEAD')) {
      next();
      return;
    }
    const name = path.slice(root.length + 1);
    if (name === '') response.set('Cache-Control', 'no-cache').type('html').send(page);
    else if (path === `${root}/start.js`) response.set('Cache-Control', 'no-cache').type('js').send(start);
    else if (path.startsWith(`${root}/`) && packaged.includes(name))
      response.sendFile(join(folder, name), { maxAge: '1d' });
    else next();
  };
}
