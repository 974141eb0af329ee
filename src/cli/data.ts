import { runDataCommand } from './market-data/run-command.js';

process.exitCode = await runDataCommand(process.argv.slice(2));
