import { parseArgs } from 'node:util';
import { runOracles, type OracleReport } from './oracles/run-oracles.js';

const usage = `Runs reference cases through the backtest engine's compatibility mode and compares every field.

  npm run oracles -- --cases DIR --data DIR --signals DIR [--json]

  --cases DIR     cases, one JSON file each; an index.json beside the folder names the fragile ones
  --data DIR      the candles that the cases name, as CSV
  --signals DIR   the signals that some cases replay, as JSON arrays
  --json          print {passed, failed, failures: [{id, field, expected, got}]} and nothing else
  --help          print this

Trades must agree exactly in bars and count, prices to 1e-7, equity to 1e-8, statistics to 1e-6 (relative).
Exits with 1 when a case fails.
`;

function textOf({ passed, failed, failures }: OracleReport): string {
  const lines = failures.map(
    ({ id, field, expected, got }) =>
      `FAILED  ${id}: ${field} expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`,
  );
  return [...lines, `${passed} passed, ${failed} failed`].join('\n');
}

function main(): void {
  try {
    const { values } = parseArgs({
      options: {
        cases: { type: 'string' },
        data: { type: 'string' },
        signals: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return;
    }
    const { cases, data, signals } = values;
    if (cases === undefined || data === undefined || signals === undefined) {
      process.stderr.write(`--cases, --data and --signals are needed.\n\n${usage}`);
      process.exitCode = 2;
      return;
    }
    const report = runOracles({ cases, data, signals });
    process.stdout.write(`${values.json ? JSON.stringify(report) : textOf(report)}\n`);
    if (report.failed > 0) process.exitCode = 1;
  } catch (error) {
    const isUsage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
    process.stderr.write(`${(error as Error).message}\n${isUsage ? '\nSee --help.\n' : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

main();
