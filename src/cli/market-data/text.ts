import type { DatasetInfo, ImportReport, RowFinding, Verification } from '@app/contracts';

/** The stored series as a table. */
export function datasetsText(items: readonly DatasetInfo[]): string {
  if (items.length === 0) return 'There are no candles.';
  const rows = items.map((item) => [
    item.symbol,
    item.timeframe,
    item.start.slice(0, 16).replace('T', ' '),
    item.end.slice(0, 16).replace('T', ' '),
    String(item.rows),
    item.missing === 0 ? 'none' : `${item.missing}${item.gaps === null ? '' : ` in ${item.gaps}`}`,
    item.owner + (item.hidden ? ', hidden' : ''),
    item.synthetic ? 'synthetic' : 'real',
    item.source,
  ]);
  const head = ['SYMBOL', 'SPAN', 'FIRST', 'LAST', 'CANDLES', 'MISSING', 'OWNER', 'KIND', 'SOURCE'];
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What an import found and did. */
export function reportText(report: ImportReport): string {
  const { detected, rows, dataset, download } = report;
  const lines: string[] = [];
  if (detected !== null) {
    const packed = detected.compression === 'none' ? '' : `, ${detected.compression}`;
    const delimiter = detected.delimiter === null ? '' : `, delimiter ${JSON.stringify(detected.delimiter)}`;
    lines.push(
      `${detected.format}${packed}, layout ${detected.layout}${delimiter}, ${detected.timeframe} candles`,
    );
    lines.push(
      `times ${detected.time_format}, zone ${detected.time_zone}, order ${report.order ?? 'unknown'}`,
    );
    const columns = Object.entries(detected.columns).map(([field, name]) => `${field} = ${name}`);
    lines.push(`columns: ${columns.join(', ')}`);
  }
  if (download !== null) {
    const resumed = download.resumed_rows === 0 ? '' : `, ${download.resumed_rows} candles of before`;
    lines.push(`${download.exchange}: ${download.pages} pages, ${download.retries} retries${resumed}`);
  }
  lines.push(
    `rows: ${rows.read} read, ${rows.kept} kept, ${rows.repaired} repairs, ${rows.refused} refused` +
      (report.preview ? ' (of the first thousand)' : ''),
  );
  lines.push(...findingLines('repaired', report.repaired), ...findingLines('refused', report.refused));
  if (report.preview) {
    for (const { time, open, high, low, close, volume } of report.first_rows) {
      lines.push(`  ${time}  ${open}  ${high}  ${low}  ${close}  ${volume}`);
    }
  }
  if (dataset === null) lines.push(report.preview ? 'A preview: nothing was stored.' : 'Nothing was stored.');
  else {
    lines.push(
      `${dataset.symbol} ${dataset.timeframe} has ${dataset.rows} candles now, ${dataset.start} to ${dataset.end}: ` +
        `${dataset.added} new, ${dataset.overlapping} overlapping, ${dataset.missing} missing`,
    );
    if (dataset.replaced_synthetic) lines.push('The synthetic candles of the symbol gave way to these.');
    for (const { from, to, missing } of dataset.gaps) lines.push(`  gap ${from} to ${to}: ${missing}`);
  }
  return lines.join('\n');
}

/** What a look at a series found. */
export function verificationText(found: Verification): string {
  const { gaps } = found;
  const counts = [
    `checksum ${found.checksum}`,
    `${gaps.count} gaps (${gaps.missing} candles)`,
    `${found.wrong_order.count} out of order`,
    `${found.duplicates.count} duplicates`,
    `${found.impossible.count} impossible`,
    `${found.off_grid.count} off the grid`,
    `${found.spikes.count} spikes`,
    `${found.zero_volume.count} without volume`,
  ];
  const lines = [
    `${found.symbol} ${found.timeframe}: ${found.intact ? 'intact' : 'NOT INTACT'}, ${found.rows} candles; ${counts.join(', ')}`,
  ];
  for (const { from, to, missing } of gaps.first) lines.push(`  gap ${from} to ${to}: ${missing}`);
  for (const kind of ['wrong_order', 'duplicates', 'impossible', 'off_grid', 'spikes'] as const) {
    for (const at of found[kind].first) lines.push(`  ${kind.replace('_', ' ')} ${at}`);
  }
  return lines.join('\n');
}

function findingLines(what: string, findings: readonly RowFinding[]): string[] {
  return findings.flatMap(({ code, count, first }) => [
    `  ${what} ${code} ${count}`,
    ...first.map(({ row, message }) => `    ${row === null ? '' : `row ${row}: `}${message}`),
  ]);
}
