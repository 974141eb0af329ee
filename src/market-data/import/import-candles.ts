import type { Candle, ImportReport, RowFinding } from '@app/contracts';
import { CandleFile } from '../candle-file.js';
import { CandleSpool, type CandleRow } from '../candle-spool.js';
import type { SeriesTarget } from '../candle-store.js';
import { gapsOf } from '../series-gaps.js';
import { storeCandles, type StoredCandles } from '../store-candles.js';
import { ImportError } from './import-error.js';
import { mostRows } from './parquet-table.js';
import { RowValidator, type RawRow } from './row-validator.js';

export interface ImportOrder {
  readonly target: SeriesTarget;
  /** Where the candles come from, for people; kept in the file. */
  readonly source: string;
  readonly detected: ImportReport['detected'];
  readonly zoneIsGiven: boolean;
  readonly mode: 'merge' | 'replace';
  readonly onBadRows: 'fail' | 'skip';
  /** Look at the first thousand rows and store nothing. */
  readonly preview: boolean;
  /** A temporary file of this import alone. */
  readonly spoolPath: string;
  rows(intake: RowValidator): AsyncIterable<RawRow>;
  /** Heard every few thousand rows. */
  onProgress(rowsRead: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** An import that read its input to the end and stored nothing; the report says why. */
export class ImportRejected extends ImportError {
  constructor(
    code: 'NO_ROWS' | 'ROWS_REFUSED',
    message: string,
    readonly report: ImportReport,
  ) {
    super(code, message);
  }
}

const previewRows = 1000;
const shownRows = 5;
const rowsBetweenReports = 5000;

/**
 * Reads rows, checks each of them, and stores all that is kept in one step, or nothing.
 *
 * @throws ImportRejected when no row is left, or one is refused and `onBadRows` is `fail`
 */
export async function importCandles(order: ImportOrder): Promise<ImportReport> {
  const { target } = order;
  const intake = new RowValidator(target.timeframe, order.zoneIsGiven);
  const spool = await CandleSpool.create(order.spoolPath, (row, timeMs, areEqual) => {
    intake.duplicate(row, timeMs, areEqual);
  });
  try {
    const { accepted, firstRows } = await readRows(order, intake, spool);
    await spool.flush();
    intake.finish();
    const reportOf = (dataset: ImportReport['dataset']): ImportReport => ({
      source: order.source,
      preview: order.preview,
      detected: order.detected,
      order: intake.order,
      rows: {
        read: intake.read,
        kept: accepted - duplicatesIn(intake),
        repaired: intake.repaired.total,
        refused: intake.refused.total,
      },
      repaired: intake.repaired.list(),
      refused: intake.refused.list(),
      first_rows: firstRows,
      download: null,
      dataset,
    });
    if (order.preview) return reportOf(null);
    rejectUnlessGood(order, intake, accepted, () => reportOf(null));

    let isFirstReading = true;
    const stored = await storeCandles(
      target.path,
      { symbol: target.symbol, timeframe: target.timeframe, synthetic: false, source: order.source },
      {
        rows: spool.rows,
        blocks: () => {
          const reports = isFirstReading;
          isFirstReading = false;
          return spool.candles(reports);
        },
      },
      order.mode,
    );
    return reportOf(await datasetOf(target, stored));
  } finally {
    await spool.remove();
  }
}

async function readRows(
  order: ImportOrder,
  intake: RowValidator,
  spool: CandleSpool,
): Promise<{ accepted: number; firstRows: Candle[] }> {
  let accepted = 0;
  const firstRows: Candle[] = [];
  for await (const raw of order.rows(intake)) {
    const row = intake.check(raw);
    if (row !== null) {
      accepted += 1;
      if (firstRows.length < shownRows) firstRows.push(shownCandle(row));
      if (spool.push(row, raw.number)) await spool.flush();
    }
    if (intake.read % rowsBetweenReports === 0) {
      order.signal?.throwIfAborted();
      order.onProgress(intake.read);
    }
    if (order.preview && intake.read >= previewRows) break;
    if (intake.read > mostRows) {
      throw new ImportError('IMPORT_TOO_LARGE', `The file has more than ${mostRows} rows.`);
    }
  }
  return { accepted, firstRows };
}

function rejectUnlessGood(
  order: ImportOrder,
  intake: RowValidator,
  accepted: number,
  report: () => ImportReport,
): void {
  const { refused, read } = intake;
  const kinds = refused
    .list()
    .map(({ code, count }) => `${code} ${count}`)
    .join(', ');
  if (refused.total > 0 && order.onBadRows === 'fail') {
    const first = firstMessage(refused.list());
    const message =
      `${refused.total} of ${read} rows cannot be used (${kinds}; ${first}), so nothing was stored. ` +
      'on_bad_rows=skip leaves such rows out.';
    throw new ImportRejected('ROWS_REFUSED', message, report());
  }
  if (accepted > 0) return;
  const why = read === 0 ? 'The input has no rows.' : `None of ${read} rows can be used (${kinds}).`;
  throw new ImportRejected('NO_ROWS', why, report());
}

function firstMessage(findings: readonly RowFinding[]): string {
  const first = findings[0]?.first[0];
  return first === undefined ? '' : `row ${first.row ?? '?'}: ${first.message}`;
}

function duplicatesIn({ repaired }: RowValidator): number {
  return repaired.countOf('DUPLICATE') + repaired.countOf('CONFLICTING_DUPLICATE');
}

async function datasetOf(target: SeriesTarget, stored: StoredCandles): Promise<ImportReport['dataset']> {
  const { header, added, overlapping, replacedSynthetic } = stored;
  const gaps = await CandleFile.with(target.path, gapsOf);
  return {
    symbol: header.symbol,
    timeframe: header.timeframe,
    shared: target.shared,
    start: new Date(header.startMs).toISOString(),
    end: new Date(header.endMs).toISOString(),
    rows: header.rows,
    added,
    overlapping,
    replaced_synthetic: replacedSynthetic,
    missing: header.missing,
    gaps: gaps.first,
    sha256: header.sha256,
  };
}

function shownCandle({ time, ...prices }: CandleRow): Candle {
  return { time: new Date(time).toISOString(), ...prices };
}
