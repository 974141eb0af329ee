import { afterEach, expect, test } from 'vitest';
import type { ImportReport as Report } from '@app/contracts';
import { mounted, textOf, unmount } from '../../../test/mounted';
import ImportReport from './ImportReport.vue';

afterEach(unmount);

const report: Report = {
  source: 'btc.csv',
  preview: false,
  detected: {
    format: 'csv',
    compression: 'gzip',
    layout: 'binance',
    delimiter: ',',
    has_header: true,
    skipped_lines: 0,
    columns: { time: 'open_time', close: 'close' },
    time_format: 'ms',
    time_zone: 'UTC',
    timeframe: '1h',
  },
  order: 'ascending',
  rows: { read: 100, kept: 97, repaired: 1, refused: 3 },
  repaired: [{ code: 'NEGATIVE_VOLUME', count: 1, first: [{ row: 12, message: 'volume -1 is taken as 0' }] }],
  refused: [{ code: 'HIGH_BELOW_LOW', count: 3, first: [{ row: 7, message: 'high 1 is below low 2' }] }],
  first_rows: [{ time: '2024-01-01T00:00:00.000Z', open: 1, high: 2, low: 0.5, close: 1.5, volume: 10 }],
  download: null,
  dataset: {
    symbol: 'BTC_USDT',
    timeframe: '1h',
    shared: false,
    start: '2024-01-01T00:00:00.000Z',
    end: '2024-01-05T00:00:00.000Z',
    rows: 97,
    added: 90,
    overlapping: 7,
    replaced_synthetic: true,
    missing: 2,
    gaps: [{ from: '2024-01-02T03:00:00.000Z', to: '2024-01-02T05:00:00.000Z', missing: 2 }],
    sha256: 'abc',
  },
};

test('names the first bad rows, what was stored and where it has gaps', async () => {
  const text = textOf(await mounted(ImportReport, { report }));
  for (const part of [
    'BTC_USDT 1h is stored.',
    'It takes the place of synthetic candles.',
    'Refused High below low: 3Row 7: high 1 is below low 2',
    'Repaired Negative volume: 1Row 12: volume -1 is taken as 0',
    'Gap: 2 candles from 2024-01-02 03:00 to 2024-01-02 05:00 UTC',
    'time from open_time, close from close',
  ])
    expect(text).toContain(part);
});

test('says of a preview, and of a file that failed, that nothing was stored', async () => {
  const nothing = { ...report, dataset: null };
  expect(textOf(await mounted(ImportReport, { report: { ...nothing, preview: true } }))).toContain(
    'A preview: nothing was stored.',
  );
  expect(textOf(await mounted(ImportReport, { report: nothing }))).toContain('Nothing was stored.');
});
