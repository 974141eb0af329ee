import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { prepare } from './steps.mjs';

const usage = `Usage: npm test [-- [--json] JEST-ARGUMENTS]

Installs and builds if need be, runs all tests (or those that Jest's arguments name), names the slowest files on standard
error and ends with a line "Tests: N passed, N failed, N skipped". With --json it prints one object {passed, failed, skipped}
instead.
`;

/** Files that take so long are named as slow, so many at most. */
const [slowS, mostNamed] = [10, 15];

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
  process.exit(0);
}
const json = args.includes('--json');
prepare();
const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'));
const report = join(folder, 'report.json');
// A server that a failed test left behind must not keep the others' verdict waiting.
const jest = ['--forceExit', '--json', `--outputFile=${report}`, ...args.filter((arg) => arg !== '--json')];
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...jest],
  { stdio: ['ignore', 'ignore', 2] },
);
const counts = jestCounts();
// Jest's arguments name tests of the server and the libraries; without any, the page's are run too.
const page = args.some((arg) => arg !== '--json') ? null : runPageTests();
if (page) for (const key of Object.keys(counts)) counts[key] += page[key];
rmSync(folder, { recursive: true, force: true });
const { passed, failed, skipped } = counts;
process.stdout.write(
  json ? `${JSON.stringify(counts)}\n` : `Tests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`,
);
process.exit(status === 0 && failed === 0 ? 0 : 1);

function jestCounts() {
  const result = readReport(report);
  if (result === null) return { passed: 0, failed: 1, skipped: 0 };
  nameSlowest(result.testResults);
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = result;
  return {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    skipped: numPendingTests + numTodoTests,
  };
}

function nameSlowest(files) {
  const slowest = files
    .map(({ name, startTime, endTime }) => ({ name, seconds: Math.round((endTime - startTime) / 1000) }))
    .filter(({ seconds }) => seconds >= slowS)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, mostNamed);
  for (const { name, seconds } of slowest)
    process.stderr.write(`${String(seconds).padStart(5)} s ${relative(process.cwd(), name)}\n`);
}

function runPageTests() {
  const pageReport = join(folder, 'page.json');
  const vitest = [
    'run',
    '--root',
    'web',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${pageReport}`,
  ];
  spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', ...vitest], { stdio: ['ignore', 2, 2] });
  const result = readReport(pageReport);
  if (result === null) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, numTodoTests } = result;
  const brokenFiles = numFailedTests === 0 ? numFailedTestSuites : 0;
  return {
    passed: numPassedTests,
    failed: numFailedTests + brokenFiles,
    skipped: numPendingTests + numTodoTests,
  };
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    process.stderr.write(`There is no report in ${path}.\n`);
    return null;
  }
}
