// better-sse as its documentation shows it: a session for each connection, a channel for each audience.
import { createChannel, createSession } from 'better-sse';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { obey } from './measured-server.mjs';
import { resources, taskOf, userIdOf } from './population.mjs';

const admins = createChannel();
const users = new Map();
let lastId = 0;

function messageOf(type, data, isAdmin) {
  return { type, timestamp: new Date().toISOString(), ...(data && { data }), ...(isAdmin && { resources }) };
}

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const isAdmin = searchParams.has('admin');
  const user = Number(searchParams.get('user'));
  if (!isAdmin && !users.has(user)) users.set(user, createChannel());
  const session = await createSession(request, response, { keepAlive: null, retry: 3000 });
  session.push(messageOf('initial_state', {}, isAdmin), 'message');
  (isAdmin ? admins : users.get(user)).register(session);
});

setInterval(() => {
  admins.broadcast(messageOf('heartbeat', null, true), 'message');
  for (const own of users.values()) own.broadcast(messageOf('heartbeat', null, false), 'message');
}, 5000);

server.listen(0, '127.0.0.1');
await once(server, 'listening');
obey({
  url: `http://127.0.0.1:${server.address().port}/`,
  publish(number, owner) {
    const task = taskOf(number, userIdOf(owner));
    lastId += 1;
    const options = { eventId: `bench-${lastId}` };
    admins.broadcast(messageOf('task_running', task, true), 'message', options);
    users.get(owner).broadcast(messageOf('task_running', task, false), 'message', options);
  },
  close: async () => server.close(),
});
