import { parseArgs } from 'node:util';
import { buildAnyway } from './steps.mjs';

const usage = `Usage: npm run build [-- --json]

Installs if need be and builds everything into dist/. With --json it prints {"seconds": N} when done.
`;

const { values } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write(usage);
} else {
  const startedAt = performance.now();
  buildAnyway();
  if (values.json) {
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    process.stdout.write(`${JSON.stringify({ seconds })}\n`);
  }
}
