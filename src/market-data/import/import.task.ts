import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportReport } from '@app/contracts';
import { writeResult, type TaskContext } from '@app/tasks-sdk';
import { CandleStore } from '../candle-store.js';
import { downloadCandles } from '../download/download-candles.js';
import { connectToExchange } from '../download/exchange.js';
import { ImportRejected, importCandles } from './import-candles.js';
import { ImportError } from './import-error.js';
import { importFolder, reportPath, uploadPath } from './import-folder.js';
import { importPayload, type DownloadPayload, type UploadPayload } from './import-payload.js';
import { openTable } from './table.js';

/** Imports an uploaded file or downloads from an exchange, in a process of its own; the report goes to a file. */
export default async function runImportTask(
  payload: unknown,
  context: TaskContext,
): Promise<ImportReport['rows']> {
  const order = importPayload.parse(payload);
  const folder = importFolder(context.dataDir, context.taskId);
  const store = new CandleStore(
    join(context.dataDir, 'market-data'),
    (order.kind === 'upload' ? order.options : order).shared ? {} : { userId: context.userId },
  );
  const keep = (report: ImportReport) => {
    writeResult(reportPath(context.dataDir, context.taskId), report);
  };
  try {
    const report =
      order.kind === 'upload'
        ? await runUpload(order, store, folder, context)
        : await runDownload(order, store, folder, context);
    keep(report);
    context.report(lastLine(report), 1);
    return report.rows;
  } catch (error) {
    if (error instanceof ImportRejected) keep(error.report);
    throw error;
  }
}

async function runUpload(
  { options, bytes }: UploadPayload,
  store: CandleStore,
  folder: string,
  context: TaskContext,
): Promise<ImportReport> {
  const path = uploadPath(context.dataDir, context.taskId);
  const found = await stat(path).catch(() => null);
  if (found?.size !== bytes) {
    throw new ImportError('UPLOAD_GONE', 'The uploaded file is gone; send it again.');
  }
  context.report('📥 Looking at the file…', 0);
  const table = await openTable(path, options);
  try {
    return await importCandles({
      target: await store.target(options.symbol, table.detected.timeframe),
      source: options.filename ?? `a ${table.detected.format} file`,
      detected: table.detected,
      zoneIsGiven: options.time_zone !== undefined,
      mode: options.mode,
      onBadRows: options.on_bad_rows,
      preview: options.preview,
      spoolPath: join(folder, 'spool'),
      rows: (intake) => table.rows(intake),
      onProgress: (row) => {
        context.report(`📥 Importing row ${row} …`, table.fractionRead(row));
      },
      signal: context.signal,
    });
  } finally {
    await table.close();
  }
}

async function runDownload(
  order: DownloadPayload,
  store: CandleStore,
  folder: string,
  context: TaskContext,
): Promise<ImportReport> {
  context.report(`📥 Connecting to ${order.exchange}…`, 0);
  await mkdir(folder, { recursive: true });
  const { symbol, timeframe } = order;
  return downloadCandles({
    exchangeId: order.exchange,
    exchange: await connectToExchange(order.exchange, symbol, timeframe, order.address),
    target: await store.target(symbol, timeframe),
    startMs: order.startMs,
    fallbackStartMs: order.fallbackStartMs,
    endMs: order.endMs,
    workFolder: folder,
    onProgress: (line, fraction) => {
      context.report(line, fraction);
    },
    signal: context.signal,
  });
}

function lastLine({ preview, rows, dataset }: ImportReport): string {
  if (preview) return `✅ Preview complete! ${rows.read} rows looked at`;
  const name = dataset === null ? '' : ` of ${dataset.symbol} ${dataset.timeframe}`;
  return `✅ Import complete! ${rows.kept} candles${name}`;
}
