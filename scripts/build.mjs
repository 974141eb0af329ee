import { parseArgs } from 'node:util';
import { buildAnyway } from './steps.mjs';

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
if (values.help)
  process.stdout.write('Usage: npm run build\n\nInstalls if need be and builds everything into dist/.\n');
else buildAnyway();
