import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsv, type Candles } from '@app/backtest';
import { checkCase, type Difference, type Fragility, type OracleCase } from './check-case.js';
import { signalFile } from './strategies.js';

export interface OracleFolders {
  readonly cases: string;
  readonly data: string;
  readonly signals: string;
}

interface OracleFailure extends Difference {
  readonly id: string;
}

export interface OracleReport {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly OracleFailure[];
}

/**
 * Runs every case of a folder. Which values are fragile is read from the `index.json` beside the folder,
 * where there is one. A case that cannot be run fails with the field `error`.
 */
export function runOracles(folders: OracleFolders): OracleReport {
  const candles = new Map<string, Candles>();
  const signals = new Map<string, Float64Array>();
  const fragile = readFragility(join(folders.cases, '..', 'index.json'));
  const failures: OracleFailure[] = [];
  const files = readdirSync(folders.cases)
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .sort();
  for (const file of files) {
    const oracle = readJson(join(folders.cases, file)) as OracleCase;
    try {
      const series = memo(
        candles,
        oracle.data,
        (name) =>
          parseCsv(readFileSync(join(folders.data, name.endsWith('.csv') ? name : `${name}.csv`), 'utf8'))
            .candles,
      );
      const signal = signalFile(oracle.strategy, oracle.params);
      const values =
        signal === null
          ? undefined
          : memo(signals, signal, (name) =>
              Float64Array.from(readJson(join(folders.signals, name)) as (number | null)[], (v) => v ?? NaN),
            );
      const difference = checkCase(oracle, series, values, fragile.get(oracle.id));
      if (difference !== null) failures.push({ id: oracle.id, ...difference });
    } catch (error) {
      failures.push({ id: oracle.id, field: 'error', expected: 'a result', got: String(error) });
    }
  }
  return { passed: files.length - failures.length, failed: failures.length, failures };
}

function readFragility(path: string): Map<string, Fragility> {
  let index: unknown;
  try {
    index = readJson(path);
  } catch {
    return new Map(); // A folder of cases alone: none is known to be fragile.
  }
  return new Map((index as (Fragility & { id: string })[]).map((entry) => [entry.id, entry]));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function memo<Value>(cache: Map<string, Value>, key: string, make: (key: string) => Value): Value {
  let value = cache.get(key);
  if (value === undefined) {
    value = make(key);
    cache.set(key, value);
  }
  return value;
}
