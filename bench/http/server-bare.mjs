// Express and a token check, and nothing else: what a small GET costs at the least. Prints its address.
import { createSecretKey } from 'node:crypto';
import { createRequire } from 'node:module';
import express from 'express';

// What ours checks tokens with.
const jwt = createRequire(import.meta.resolve('@nestjs/jwt'))('jsonwebtoken');

const key = createSecretKey(Buffer.from(process.env.JWT_SECRET));
const me = JSON.parse(process.env.ME);

const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.use((request, response, next) => {
  try {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    request.caller = jwt.verify(token, key, { algorithms: ['HS256'] });
    next();
  } catch {
    response.status(401).json({ code: 'UNAUTHORIZED' });
  }
});
app.get('/api/auth/me', (request, response) => {
  if (request.caller.sub === me.user_id) response.json(me);
  else response.status(404).end();
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`Ready at http://127.0.0.1:${server.address().port}\n`);
});
