import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePrivateFolder } from '../config/data-folder.js';
import { CandleStore } from './candle-store.js';
import { resampleCandles } from './resample.js';
import { sampleEndMs, sampleProfiles, sampleSeed, sampleStartMs } from './sample-profiles.js';
import { syntheticCandles } from './synthetic-candles.js';

const source = `synthetic, seed ${sampleSeed}`;

/**
 * Writes the synthetic sample set as the shared data of the market-data folder, unless there is any.
 *
 * All of it appears in one step. Where a `shared` folder already is, even an empty one, nothing is
 * touched: neither imported data nor the wish of who deleted the samples.
 *
 * @returns the number of symbols written, 0 if shared data was there
 */
export async function writeSampleData(folder: string, profiles = sampleProfiles): Promise<number> {
  const shared = join(folder, 'shared');
  if (await exists(shared)) return 0;
  makePrivateFolder(folder);
  await removeLeftovers(folder);
  const unfinished = join(folder, `${unfinishedPrefix}${randomUUID()}`);
  try {
    const store = new CandleStore(unfinished);
    for (const profile of profiles) {
      const hourly = syntheticCandles(profile, {
        startMs: sampleStartMs,
        endMs: sampleEndMs,
        seed: sampleSeed,
      });
      await store.write(profile.symbol, '1h', hourly, { synthetic: true, source });
      await store.write(profile.symbol, '1d', resampleCandles(hourly, '1d'), { synthetic: true, source });
    }
    return (await moveUnlessThere(join(unfinished, 'shared'), shared)) ? profiles.length : 0;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

const unfinishedPrefix = '.sample-data-';
/** An unfinished set this old is a killed process's, not one that another is writing just now. */
const abandonedAfterMs = 10 * 60_000;

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(unfinishedPrefix)) continue;
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > abandonedAfterMs)
      await rm(path, { recursive: true, force: true });
  }
}

/** False if another process's set, made at the same time, was first. */
async function moveUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    },
  );
}

const usage = `Usage: node write-sample-data.js FOLDER

Writes synthetic hourly and daily candles of ${sampleProfiles.length} symbols (2022 to 2025) to FOLDER/shared,
unless that exists. FOLDER is the market-data folder inside the data folder.
`;

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  const [folder] = words;
  if (folder === undefined || words.length > 1 || folder.startsWith('-')) {
    process.stderr.write(usage);
    return 2;
  }
  try {
    const written = await writeSampleData(resolve(folder));
    process.stdout.write(
      written === 0
        ? 'Shared market data is already there; no sample data written.\n'
        : `Synthetic candles of ${written} symbols written.\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error)) throw error;
    process.stderr.write(
      `HEADROOM_DATA_DIR: ${folder} cannot be used (${error.message}). Set it to a folder that this user may write.\n`,
    );
    return 1;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
