import { parseArgs } from 'node:util';
import { productionPolicy } from '@app/scheduler';
import { FixedDispatcher, HeadroomDispatcher, RequirementDispatcher } from './simulate/dispatchers.js';
import type { Dispatcher } from './simulate/dispatchers.js';
import { replay } from './simulate/replay.js';
import { reportOf } from './simulate/report.js';
import type { Report } from './simulate/report.js';
import { generateScenario, scenarioNames } from './simulate/scenario.js';
import { readExternal, readTrace } from './simulate/trace.js';
import type { Workload } from './simulate/trace.js';

const usage = `Replays a trace of tasks on a virtual machine under the scheduler that the server uses.

  npm run simulate -- --trace FILE [options]
  npm run simulate -- --scenario NAME [--seed N] [options]

  --trace FILE                JSON lines of tasks, gzipped or not:
                              {"at_s","user","type","size","priority","cpu_cores","cpu_seconds","ram_gb","ramp","interactive"}
  --external FILE             JSON lines of the external load of the machine: {"at_s","cpu_cores","ram_gb"}
  --scenario NAME             a generated workload instead: ${scenarioNames.join(', ')}
  --seed N                    seed of that workload (default 1)
  --minutes N                 minutes of submissions in that workload (default 90)
  --cores N                   cores of the machine (default 8)
  --ram-gb N                  RAM of the machine (default 16)
  --policy NAME               headroom (default); requirement: its rule on the last sample, without reservations;
                              fixed:N: a pool of N tasks
  --cpu-buffer-percent N      share of the cores that stays free (default 20)
  --ram-buffer-percent N      share of the RAM that stays free (default 20)
  --json                      print one JSON object and nothing else
  --help                      print this
`;

class UsageError extends Error {}

interface Options {
  readonly workload: Workload;
  readonly cores: number;
  readonly ramGb: number;
  readonly policyName: string;
  readonly dispatcher: Dispatcher;
  readonly json: boolean;
}

/** Parses the command line; null when `--help` is given. Throws {@link UsageError}. */
function parseOptions(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    options: {
      trace: { type: 'string' },
      external: { type: 'string' },
      scenario: { type: 'string' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '90' },
      cores: { type: 'string', default: '8' },
      'ram-gb': { type: 'string', default: '16' },
      policy: { type: 'string', default: 'headroom' },
      'cpu-buffer-percent': { type: 'string', default: '20' },
      'ram-buffer-percent': { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const policy = {
    ...productionPolicy,
    cpuBuffer: numberOf('--cpu-buffer-percent', values['cpu-buffer-percent'], 0, 99) / 100,
    ramBuffer: numberOf('--ram-buffer-percent', values['ram-buffer-percent'], 0, 99) / 100,
  };
  return {
    workload: workloadOf(values),
    cores: numberOf('--cores', values.cores, 0.1, 4096),
    ramGb: numberOf('--ram-gb', values['ram-gb'], 0.1, 65536),
    policyName: values.policy,
    dispatcher: dispatcherOf(values.policy, policy),
    json: values.json,
  };
}

function workloadOf(values: {
  trace?: string | undefined;
  external?: string | undefined;
  scenario?: string | undefined;
  seed: string;
  minutes: string;
}): Workload {
  if ((values.trace === undefined) === (values.scenario === undefined)) {
    throw new UsageError('Give either --trace FILE or --scenario NAME');
  }
  if (values.trace !== undefined) {
    const external = values.external === undefined ? [] : readExternal(values.external);
    return { tasks: readTrace(values.trace), external };
  }
  const name = scenarioNames.find((known) => known === values.scenario);
  if (name === undefined) {
    throw new UsageError(`--scenario is one of ${scenarioNames.join(', ')}, not "${values.scenario ?? ''}"`);
  }
  const seed = numberOf('--seed', values.seed, 0, 2 ** 32 - 1);
  const workload = generateScenario(name, seed, numberOf('--minutes', values.minutes, 1, 24 * 60));
  return values.external === undefined ? workload : { ...workload, external: readExternal(values.external) };
}

function dispatcherOf(name: string, policy: typeof productionPolicy): Dispatcher {
  if (name === 'headroom') return new HeadroomDispatcher(policy);
  if (name === 'requirement') return new RequirementDispatcher(policy);
  const limit = /^fixed:([1-9]\d{0,3})$/.exec(name)?.[1];
  if (limit === undefined)
    throw new UsageError(`--policy is headroom, requirement or fixed:N, not "${name}"`);
  return new FixedDispatcher(Number(limit));
}

function numberOf(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max)) {
    throw new UsageError(`${option} is a number from ${min} to ${max}, not "${text}"`);
  }
  return value;
}

function tableOf(report: Report): string {
  const rows = Object.entries(report) as [string, string | number | null][];
  return rows.map(([name, value]) => `${name.padEnd(26)}${value ?? '-'}`).join('\n');
}

function main(): void {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options === null) {
      process.stdout.write(usage);
      return;
    }
    const log = replay(options.workload, options.cores, options.ramGb, options.dispatcher);
    const report = reportOf(options.policyName, log);
    process.stdout.write(`${options.json ? JSON.stringify(report) : tableOf(report)}\n`);
  } catch (error) {
    const isUsage =
      error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
    process.stderr.write(`${(error as Error).message}\n${isUsage ? '\nSee --help.\n' : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

main();
