// What it costs the server that a task prints very much: memory, CPU, and how long its event loop is held up.
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds, startHeadroom } from '../services/headroom.mjs';

const root = join(import.meta.dirname, '..', '..');
const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '1024' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(`Usage: npm run bench:output -- [OPTIONS]

One server on the embedded store, warmed up by tasks that print 64 MB. Then one task prints lines of 20 bytes, another
one lines of 200, a third one lines of 64 KiB. Of each: the server's memory (RSS) before, at its most and after, its
CPU, the delays of its event loop and of an answer. The same time without a task says what the machine adds.

  --mb N       that each task prints (default 1024)
  --json       print one JSON object and nothing else

Needs a build (npm run build) and Linux.
`);
  process.exit(0);
}
const mb = Number(values.mb);
if (!Number.isInteger(mb) || mb < 1) throw new Error('--mb must be a whole number from 1');
const say = (text) => process.stderr.write(`${text}\n`);
const round = (value, decimals = 1) => Number(value.toFixed(decimals));

const plugins = [
  join(import.meta.dirname, 'loop-delays.mjs'),
  join(root, 'test', 'plugins', 'broken-tasks.mjs'),
];
const server = await startHeadroom(join(root, 'dist'), {
  environment: {
    HEADROOM_PLUGINS: plugins.join(','),
    HEADROOM_CPU_CORES: '8',
    HEADROOM_RAM_GB: '16',
  },
});

async function call(path, body) {
  const response = await fetch(`${server.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...server.headers, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

function rssMb() {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
}

/** Measures until something is over, with a small request every tenth of a second. */
async function measure(name, isOver) {
  await call('/api/loop-delays');
  const [before, cpuBefore, startedAt] = [rssMb(), cpuSeconds(server.pid), performance.now()];
  let most = before;
  const answers = [];
  do {
    await delay(100);
    const askedAt = performance.now();
    await call('/api/health/live');
    answers.push(performance.now() - askedAt);
    most = Math.max(most, rssMb());
  } while (!(await isOver()));
  const seconds = (performance.now() - startedAt) / 1000;
  const { max_ms, p99_ms, p50_ms } = await call('/api/loop-delays');
  return {
    name,
    seconds: round(seconds),
    rss_before_mb: round(before),
    rss_most_mb: round(most),
    rss_after_mb: round(rssMb()),
    cpu_percent: round((100 * (cpuSeconds(server.pid) - cpuBefore)) / seconds),
    loop_delay_max_ms: round(max_ms),
    loop_delay_p99_ms: round(p99_ms),
    loop_delay_p50_ms: round(p50_ms),
    slowest_answer_ms: round(Math.max(...answers)),
    load: round(loadavg()[0]),
  };
}

async function print(name, printedMb, lineBytes) {
  const { task_id: taskId } = await call('/api/broken-tasks', {
    how: 'print',
    text: 'x'.repeat(lineBytes - 1),
    count: printedMb,
  });
  return measure(name, async () => {
    const { status, error } = await call(`/api/tasks/${taskId}`);
    if (status === 'failed') throw new Error(error.message);
    return status === 'completed';
  });
}

/** Says a pass, for people, as soon as it is over. */
function told(pass) {
  if (!values.json)
    console.log(
      `${pass.name}: ${pass.seconds} s, RSS ${pass.rss_before_mb} MB, most ${pass.rss_most_mb}, after ` +
        `${pass.rss_after_mb}; CPU ${pass.cpu_percent} %; loop delay max ${pass.loop_delay_max_ms} ms, p99 ` +
        `${pass.loop_delay_p99_ms}, p50 ${pass.loop_delay_p50_ms}; slowest answer ${pass.slowest_answer_ms} ms; ` +
        `load ${pass.load}`,
    );
  return pass;
}

try {
  say('Warming up…');
  for (const lineBytes of [20, 200, 2 ** 16]) await print('warm-up', 64, lineBytes);
  const passes = [];
  for (const [name, lineBytes] of [
    ['lines of 20 bytes', 20],
    ['lines of 200 bytes', 200],
    ['lines of 64 KiB', 2 ** 16],
  ]) {
    say(`${name}: ${mb} MB…`);
    passes.push(told(await print(name, mb, lineBytes)));
  }
  say('The same time without a task…');
  const until = performance.now() + 1000 * Math.min(60, passes[0].seconds);
  passes.push(told(await measure('no task', () => performance.now() > until)));
  if (values.json) {
    const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
    process.stdout.write(`${JSON.stringify({ bench: 'output', machine, mb, passes })}\n`);
  }
} finally {
  await server.stop();
}
