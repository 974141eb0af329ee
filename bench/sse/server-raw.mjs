// The least a server can do: node:http, one text for each audience, one write for each connection.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { obey } from './measured-server.mjs';
import { taskOf, textOf, userIdOf } from './population.mjs';

const admins = new Set();
const users = new Map();
let lastId = 0;

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const user = Number(searchParams.get('user'));
  const own = searchParams.has('admin') ? admins : (users.get(user) ?? new Set());
  if (own !== admins) users.set(user, own);
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.write(`retry: 3000\n\ndata: ${textOf('initial_state', {}, own === admins)}\n\n`);
  own.add(response);
  response.once('close', () => own.delete(response));
});

function send(responses, text) {
  const frame = Buffer.from(text);
  for (const response of responses) response.write(frame);
}

setInterval(() => {
  send(admins, `data: ${textOf('heartbeat', null, true)}\n\n`);
  for (const own of users.values()) send(own, `data: ${textOf('heartbeat', null, false)}\n\n`);
}, 5000);

server.listen(0, '127.0.0.1');
await once(server, 'listening');
obey({
  url: `http://127.0.0.1:${server.address().port}/`,
  publish(number, owner) {
    const task = taskOf(number, userIdOf(owner));
    lastId += 1;
    send(admins, `id: bench-${lastId}\ndata: ${textOf('task_running', task, true)}\n\n`);
    send(users.get(owner), `id: bench-${lastId}\ndata: ${textOf('task_running', task, false)}\n\n`);
  },
  close: async () => server.close(),
});
