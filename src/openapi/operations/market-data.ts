import { datasetParams, downloadRequest, identifier, importQuery } from '@app/contracts';
import { z } from 'zod';
import { importId, onePage } from '../examples.js';
import type { Operations } from '../operation.js';
import { answers } from '../schemas.js';

const candleExample = {
  time: '2024-01-01T00:00:00.000Z',
  open: 42_280,
  high: 42_610,
  low: 42_190,
  close: 42_500,
  volume: 311.4,
};

const symbolExample = {
  symbol: 'BTC_USDT',
  timeframe: '1h',
  start: '2022-01-01T00:00:00.000Z',
  end: '2025-12-31T23:00:00.000Z',
  rows: 35_064,
  synthetic: true,
  shared: true,
};
const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const ofDataset = {
  pathParams: datasetParams,
  pathExample: { symbol: 'BTC_USDT', timeframe: '1h' },
  queryExample: { shared: 'true' },
};
const nothing = { count: 0, first: [] };
const scheduleId = '6f9c0d0e-6a0b-4c9a-9a51-5f6f5b6a7c11';
const scheduleExample = {
  schedule_id: scheduleId,
  exchange: 'kraken',
  symbol: 'BTC_USDT',
  timeframe: '1h',
  start: null,
  every_minutes: 60,
  shared: false,
  created_at: '2026-01-05T10:00:00.000Z',
  next_run_at: '2026-01-05T11:00:00.000Z',
  last_import_id: null,
};

/** Candles: what there is, and how more of it comes. */
export const marketData: Operations = {
  'GET /api/market-data/symbols': {
    summary: 'The candles that there are',
    description:
      'Own and shared series, by symbol and timeframe; a shared symbol that own candles hide is left out.',
    answer: answers.SymbolPage,
    answerExample: onePage(symbolExample),
  },
  'GET /api/market-data/candles': {
    summary: 'Candles, oldest first',
    description:
      'Of the own series where there is one, else of the shared one. An empty span gives an empty list.',
    answer: answers.CandleList,
    answerExample: { symbol: 'BTC_USDT', timeframe: '1d', synthetic: true, candles: [candleExample] },
    queryExample: { symbol: 'BTC_USDT', timeframe: '1d', start: '2024-01-01', limit: 2 },
    problems: ['NO_MARKET_DATA'],
  },
  'GET /api/market-data/datasets': {
    summary: 'The stored series, with their source, checksum and gaps',
    description: 'Own ones first, then the shared ones, also those that own candles hide.',
    answer: answers.DatasetPage,
    answerExample: onePage({
      ...symbolExample,
      owner: 'shared',
      hidden: false,
      missing: 0,
      gaps: 0,
      source: 'synthetic',
      sha256,
    }),
  },
  'GET /api/market-data/datasets/:symbol/:timeframe/verify': {
    summary: 'Look at every candle of a series',
    description: 'Finds what is wrong with it and changes nothing.',
    ...ofDataset,
    answer: answers.Verification,
    answerExample: {
      symbol: 'BTC_USDT',
      timeframe: '1h',
      rows: 35_064,
      intact: true,
      checksum: 'ok',
      gaps: { count: 0, missing: 0, first: [] },
      wrong_order: nothing,
      duplicates: nothing,
      impossible: nothing,
      off_grid: nothing,
      spikes: nothing,
      zero_volume: nothing,
    },
  },
  'GET /api/market-data/datasets/:symbol/:timeframe/export': {
    summary: 'A series as CSV',
    description: 'All of its candles, the oldest first. The name of the file says where they are synthetic.',
    ...ofDataset,
    answer: { mediaType: 'text/csv', schema: z.string() },
    answerExample:
      'time,open,high,low,close,volume\n2024-01-01T00:00:00.000Z,42280,42610,42190,42500,311.4\n',
  },
  'DELETE /api/market-data/datasets/:symbol/:timeframe': {
    summary: 'Delete a series',
    description: 'Shared ones are for admins to delete.',
    ...ofDataset,
    answer: null,
    problems: ['FORBIDDEN'],
  },
  'POST /api/market-data/import': {
    summary: 'Import candles from a file or from an exchange',
    description:
      'A CSV or Parquet file, plain or packed, is the body itself and the query says what it is. A JSON body asks for a ' +
      'download from an exchange instead.',
    reads: {
      body: downloadRequest,
      query: importQuery.partial({ symbol: true }),
      files: [
        'text/csv',
        'text/plain',
        'application/octet-stream',
        'application/gzip',
        'application/zip',
        'application/vnd.apache.parquet',
      ],
    },
    answer: answers.ImportAccepted,
    answerExample: {
      status: 'queued',
      import_id: importId,
      task_id: importId,
      message: 'Import queued. Check Status Center for progress.',
    },
    requestExample: { exchange: 'kraken', symbol: 'BTC_USDT', timeframe: '1d', start: '2024-01-01' },
    queryExample: { symbol: 'BTC_USDT', timeframe: '1h', preview: 'true' },
    problems: ['FORBIDDEN', 'UPLOAD_TOO_LARGE', 'TOO_MANY_IMPORTS', 'TOO_MANY_UPLOADS', 'DISK_FULL'],
  },
  'GET /api/market-data/imports/:import_id': {
    summary: 'What an import found and did',
    description: 'The report comes with the end of its task, also when that failed for what was found.',
    pathParams: z.strictObject({
      import_id: identifier.describe('the import_id that the import was answered with'),
    }),
    pathExample: { import_id: importId },
    answer: answers.ImportInfo,
    answerExample: { import_id: importId, status: 'queued', error: null, report: null },
    problems: ['RESULT_UNREADABLE'],
  },
  'GET /api/market-data/schedules': {
    summary: 'The series that are kept fresh',
    description: 'Own and shared ones, by symbol.',
    answer: answers.SchedulePage,
    answerExample: onePage(scheduleExample),
  },
  'POST /api/market-data/schedules': {
    summary: 'Keep a series fresh',
    description: 'By a download from an exchange at once and then every so many minutes.',
    answer: answers.ScheduleInfo,
    answerExample: scheduleExample,
    requestExample: { exchange: 'kraken', symbol: 'BTC_USDT', timeframe: '1h', every_minutes: 60 },
    problems: ['FORBIDDEN', 'SCHEDULE_EXISTS', 'TOO_MANY_SCHEDULES'],
  },
  'DELETE /api/market-data/schedules/:schedule_id': {
    summary: 'Keep a series fresh no more',
    description: 'Its candles stay. Shared schedules are for admins to delete.',
    pathParams: z.strictObject({
      schedule_id: identifier.describe('the schedule_id that the list of schedules gives'),
    }),
    pathExample: { schedule_id: scheduleId },
    answer: null,
    problems: ['FORBIDDEN'],
  },
};
