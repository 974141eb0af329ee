// Known vulnerabilities in what is installed for production, held against a dated list of those that are allowed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `Usage: node scripts/audit.mjs [--json]

Runs "npm audit --omit=dev" and looks at what is of high or critical severity. Each must be in .ci/audit-allow.json:
[{"package": "name", "advisory": "GHSA-…", "until": "YYYY-MM-DD", "why": "…"}]. An entry counts until its day is over.

Ends with 0 when nothing else is found, with 1 otherwise, with 2 when the registry gives no answer: then nothing is known.
`;

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const root = join(import.meta.dirname, '..');
const allowed = JSON.parse(readFileSync(join(root, '.ci', 'audit-allow.json'), 'utf8'));
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8' });
const report = parsed(stdout);
if (report?.vulnerabilities === undefined) {
  const why = report?.message ?? report?.error?.summary ?? 'no answer';
  print({ known: false, why }, `NOT CHECKED: the registry answers no audits here (${why}).`);
  process.exit(2);
}

const today = new Date().toISOString().slice(0, 10);
const found = Object.values(report.vulnerabilities).flatMap(({ name, via }) =>
  via
    .filter((cause) => typeof cause === 'object' && ['high', 'critical'].includes(cause.severity))
    .map(({ severity, title, url }) => ({ package: name, severity, title, advisory: url.split('/').pop() })),
);
const isAllowed = (one) =>
  allowed.some(
    (entry) => entry.package === one.package && entry.advisory === one.advisory && entry.until >= today,
  );
const open = found.filter((one) => !isAllowed(one));
print(
  { known: true, found, open },
  open.length === 0
    ? `Nothing of high severity but ${found.length} that are allowed for now.`
    : open.map((one) => `${one.severity}: ${one.package} ${one.advisory} ${one.title}`).join('\n'),
);
process.exit(open.length === 0 ? 0 : 1);

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function print(object, text) {
  process.stdout.write(`${values.json ? JSON.stringify(object) : text}\n`);
}
