import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { problem } from '@app/contracts';
import { NameServer } from './harness/name-server.js';
import { changed, configurationOfCompose, hasNginx, Nginx } from './harness/nginx.js';
import { freePort, waitFor } from '../tools/test-kit/index.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Stands in for Headroom, so that it can be away, late or without its database at will. */
class StandIn {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async answering(answer: Answer, host = '127.0.0.1', port = 0): Promise<StandIn> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return new StandIn(server, `http://${host}:${(server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

const refuse = (response: ServerResponse, status: number) => {
  response.writeHead(status, { 'Content-Type': 'application/problem+json', 'X-By': 'headroom' });
  response.end(JSON.stringify({ status }));
};

(hasNginx ? describe : describe.skip)('deploy/nginx.conf (skipped where there is no nginx)', () => {
  let answer: Answer;
  let server: StandIn;
  let nginx: Nginx;
  const healthy: Answer = (_, response) => void response.end('{}');

  beforeAll(async () => {
    answer = healthy;
    server = await StandIn.answering((asked, response) => {
      answer(asked, response);
    });
    nginx = await Nginx.before(server.url);
  });
  beforeEach(() => {
    answer = healthy;
  });
  afterAll(async () => {
    await nginx.stop();
    await server.stop();
  });

  it.each([503, 504, 502])('tells an EventSource that would meet a %d to come back', async (status) => {
    answer = (_, response) => {
      refuse(response, status);
    };
    const stream = await fetch(`${nginx.url}/api/system/task-events?token=x`);
    expect([stream.status, await stream.text()]).toEqual([200, 'retry: 3000\n\n']);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
  });

  it.each([401, 429])(
    'leaves a %d of the event stream as it is: coming back would not help',
    async (status) => {
      answer = (_, response) => {
        refuse(response, status);
      };
      const stream = await fetch(`${nginx.url}/api/system/task-events?token=x`);
      expect([stream.status, await stream.json(), stream.headers.get('x-by')]).toEqual([
        status,
        { status },
        'headroom',
      ]);
    },
  );

  it('passes on a 503 of the server, elsewhere than at the event stream', async () => {
    answer = (_, response) => {
      refuse(response, 503);
    };
    const refused = await fetch(`${nginx.url}/api/tasks`);
    expect([refused.status, refused.headers.get('x-by')]).toEqual([503, 'headroom']);
  });

  it('names a request to the server as in its own log', async () => {
    let named: unknown;
    answer = ({ headers }, response) => {
      named = headers['x-request-id'];
      response.end('{}');
    };
    await fetch(`${nginx.url}/api/tasks`, { headers: { 'X-Request-Id': 'chosen-by-client' } });
    expect(named).toMatch(/^[0-9a-f]{32}$/);
    await waitFor(() => nginx.logs().includes(named as string));
  });

  it('sends a file on as it comes, and only to the import', async () => {
    for (const [path, isAtOnce] of [
      ['/api/market-data/import?symbol=A', true],
      ['/api/backtests/run', false],
    ] as const) {
      let arrived: () => void = () => undefined;
      const atServer = new Promise<boolean>((resolve) => (arrived = () => resolve(true)));
      answer = (asked, response) => {
        asked.once('data', arrived).on('end', () => response.end('{}'));
      };
      const upload = request(`${nginx.url}${path}`, { method: 'POST' });
      const answered = new Promise<IncomingMessage>((resolve, reject) =>
        upload.on('response', resolve).on('error', reject),
      );
      upload.write('time,open\n');
      // With the other path, what would come has come long after the first path's.
      const late = new Promise<boolean>((resolve) =>
        setTimeout(resolve, isAtOnce ? 30_000 : 1000, false).unref(),
      );
      expect([path, await Promise.race([atServer, late])]).toEqual([path, isAtOnce]);
      upload.end();
      expect((await answered).resume().statusCode).toBe(200);
    }
  });

  it('passes on what the server says of a file that it does not want to read', async () => {
    answer = (_, response) => {
      refuse(response, 413);
    };
    const refused = await fetch(`${nginx.url}/api/market-data/import?symbol=A`, {
      method: 'POST',
      body: 'x'.repeat(5_000_000),
    });
    expect([refused.status, refused.headers.get('x-by')]).toEqual([413, 'headroom']);
  });

  it('says of a server that gives no answer that it may still act', async () => {
    const late: Answer = (asked, response) => {
      if (asked.method === 'GET') response.end('{}');
    };
    const silent = await StandIn.answering(late);
    const impatient = await Nginx.before(silent.url, [
      ['location /api/ {', 'location /api/ { proxy_read_timeout 1s;'],
    ]);
    const answered = await fetch(`${impatient.url}/api/backtests/run?a=b`, { method: 'POST', body: '{}' });
    expect([answered.status, answered.headers.get('retry-after')]).toEqual([504, null]);
    expect(problem.parse(await answered.json())).toMatchObject({
      type: 'urn:headroom:problem:gateway-timeout',
      title: 'Gateway Timeout',
      status: 504,
      instance: '/api/backtests/run',
      code: 'GATEWAY_TIMEOUT',
    });
    await impatient.stop();
    await silent.stop();
  });

  describe('while the server is away', () => {
    beforeAll(() => server.stop());

    it.each([
      ['/api/tasks?limit=5', '/api/tasks'],
      ['/api/market-data/import', '/api/market-data/import'],
      ['/api/a%22b/%C3%BC', '/api/a%22b/%C3%BC'],
    ])('answers %s with the contract’s problem and says when to ask again', async (path, instance) => {
      const away = await fetch(nginx.url + path);
      expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
      expect(away.headers.get('content-type')).toBe('application/problem+json');
      const body = problem.parse(await away.json());
      expect(body).toMatchObject({
        type: 'urn:headroom:problem:service-unavailable',
        title: 'Service Unavailable',
        status: 503,
        instance,
        code: 'SERVICE_UNAVAILABLE',
        request_id: away.headers.get('x-request-id'),
      });
    });

    it('answers in JSON whatever is in the path', async () => {
      const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
        const raw = request(nginx.url, { path: '/api/a"b\\c' }, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => {
            resolve({ status: response.statusCode!, text });
          });
        });
        raw.on('error', reject).end();
      });
      expect([status, problem.parse(JSON.parse(text)).instance]).toEqual([503, '/api/a']);
    });

    it('tells an EventSource to come back', async () => {
      const stream = await fetch(`${nginx.url}/api/system/task-events`);
      expect([stream.status, await stream.text()]).toEqual([200, 'retry: 3000\n\n']);
    });
  });
});

(hasNginx ? describe : describe.skip)('nginx of compose.yaml (skipped where there is none)', () => {
  it('finds the api again at another address, and answers for it while its name is unknown', async () => {
    const names = await NameServer.knowing('api');
    const port = await freePort();
    const configuration = changed(configurationOfCompose(), [
      ['resolver 127.0.0.11 valid=5s', `resolver 127.0.0.1:${names.port} valid=1s`],
      ['http://$api:8000;', `http://$api:${port};`],
      ['access_log /dev/stdout', 'access_log access.log'],
    ]);
    const nodeAt = (host: string) =>
      StandIn.answering((asked, response) => void response.end(`${host} ${asked.url}`), host, port);
    const first = await nodeAt('127.0.0.1');
    names.address = '127.0.0.1';
    const nginx = await Nginx.with(configuration);
    const ask = async () => {
      const answered = await fetch(`${nginx.url}/api/tasks?limit=5`);
      return [answered.status, await answered.text()];
    };
    expect(await ask()).toEqual([200, '127.0.0.1 /api/tasks?limit=5']);

    await first.stop();
    names.address = null;
    await waitFor(async () => (await ask())[0] === 503);
    const second = await nodeAt('127.0.0.2');
    names.address = '127.0.0.2';
    const back = await waitFor(async () => {
      const answered = await ask();
      return answered[0] === 200 ? answered : null;
    });
    expect(back).toEqual([200, '127.0.0.2 /api/tasks?limit=5']);

    await nginx.stop();
    await second.stop();
    names.stop();
  });
});
