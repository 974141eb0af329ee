import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './steps.mjs';

const usage = `Usage: npm test [-- [--json] JEST-ARGUMENTS]

Installs and builds if need be, runs all tests (or those that Jest's arguments name) and ends with a line
"Tests: N passed, N failed, N skipped". With --json it prints one object {passed, failed, skipped} instead.
`;

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
let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = result;
  counts = {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    skipped: numPendingTests + numTodoTests,
  };
} catch {
  process.stderr.write('Jest left no report.\n');
}
rmSync(folder, { recursive: true, force: true });
const { passed, failed, skipped } = counts;
process.stdout.write(
  json ? `${JSON.stringify(counts)}\n` : `Tests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`,
);
process.exit(status === 0 && failed === 0 ? 0 : 1);
