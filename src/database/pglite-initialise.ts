import { mkdirSync } from 'node:fs';
import { privateMode } from '../config/data-folder.js';
import { openPgliteEngine } from './pglite-engine.js';

/**
 * Entry of a throwaway process that makes an empty database folder: `initdb` inside WebAssembly takes
 * hundreds of MB that only the end of its process gives back.
 */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('usage: pglite-initialise FOLDER');
mkdirSync(dataDir, privateMode);
const engine = await openPgliteEngine(dataDir);
await engine.close();
process.exit(0);
