import type { ImportInfo } from '@app/contracts';

/** What `POST /api/market-data/import` answers. */
export type ImportAccepted = Pick<ImportInfo, 'import_id'> & { readonly message: string };

/** The fields of the form about a file; '' where the server is to find out by itself. */
export interface ImportDraft {
  symbol: string;
  timeframe: string;
  mode: 'merge' | 'replace';
  on_bad_rows: 'fail' | 'skip';
  layout: string;
  delimiter: string;
  columns: string;
  time_format: string;
  time_zone: string;
  adjusted: boolean;
  shared: boolean;
}

export function emptyImport(): ImportDraft {
  return {
    symbol: '',
    timeframe: '',
    mode: 'merge',
    on_bad_rows: 'fail',
    layout: '',
    delimiter: '',
    columns: '',
    time_format: '',
    time_zone: '',
    adjusted: false,
    shared: false,
  };
}

/** The query of an import; fields left empty are left out. */
export function importQuery(
  draft: ImportDraft,
  file: Pick<File, 'name'>,
  isPreview: boolean,
): Record<string, string> {
  const { adjusted, shared, ...texts } = draft;
  const given = Object.entries({ ...texts, filename: file.name.slice(-200) }).map(
    ([name, text]) => [name, text.trim()] as const,
  );
  return {
    ...Object.fromEntries(given.filter(([, text]) => text !== '')),
    ...(adjusted && { adjusted: 'true' }),
    ...(shared && { shared: 'true' }),
    ...(isPreview && { preview: 'true' }),
  };
}

/** What a file is likely of, by its name: `BTCUSDT-1h-2024-01.csv` → `BTCUSDT`. */
export function symbolIn(fileName: string): string {
  const [pair = ''] = /^[A-Za-z0-9]{1,16}(?:_(?!\d+[smhdw])[A-Za-z]{1,16})?/.exec(fileName) ?? [];
  return pair.toUpperCase();
}
