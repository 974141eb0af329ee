/**
 * What of each bench's report stands beside somebody else's figure, or beside what is possible at all.
 *
 * Each function turns a report into `[{what, ours, theirs, peer, unit, ratio}]`. A ratio above 1 says by how many times
 * Headroom is better, one below 1 that it is worse; whether more or less of the unit is better is the function's to know.
 * A report of a bench that is not here may hold such a list itself, as `ratios`.
 */
export const ratiosOf = {
  engine: (report) => [
    ...more(
      'bars a second, order engine',
      report.order_engine_bars_per_s_1m,
      'grademark',
      report.grademark_bars_per_s_200k,
    ),
    ...more(
      'bars a second, order engine',
      report.order_engine_bars_per_s_1m,
      'bare loop',
      report.limit_bars_per_s_1m,
    ),
    ...more(
      'bars a second, vectorised',
      report.vector_bars_per_s_1m,
      'bare loop',
      report.limit_bars_per_s_1m,
    ),
  ],
  learning: ({ cpu_seconds, auc, libxgboost, ml_cart }) => [
    ...less('CPU seconds to train', cpu_seconds, 'libxgboost, one thread', libxgboost?.cpu_seconds),
    ...more('AUC on unseen rows', auc, 'libxgboost, one thread', libxgboost?.auc),
    ...less(
      'CPU seconds a tree',
      ml_cart?.our_cpu_seconds_per_tree,
      'ml-cart',
      ml_cart?.cpu_seconds_per_tree,
    ),
  ],
  queue: ({ queues }) => {
    const ours = queues.find(({ queue }) => queue === 'headroom');
    if (ours === undefined) return [];
    return queues
      .filter((row) => row !== ours)
      .flatMap((row) => {
        const peer = row.queue === 'embedded' ? 'Headroom embedded' : row.queue;
        return [
          ...more('jobs enqueued a second', ours.enqueued_per_s, peer, row.enqueued_per_s),
          ...more('jobs claimed and completed a second', ours.completed_per_s, peer, row.completed_per_s),
          ...less(
            'ms from submit to start, median',
            ours.submit_to_start_p50_ms,
            peer,
            row.submit_to_start_p50_ms,
          ),
        ];
      });
  },
  'host-probe': ({ rows }) => {
    const cpuOf = (name) => rows.find((row) => row.name.startsWith(name))?.cpu_ms;
    const peer = 'systeminformation.currentLoad()';
    return less('CPU ms to sample the machine', cpuOf('sample'), peer, cpuOf(peer));
  },
  'market-data': ({ results }) => {
    const raw = results.find(({ name }) => name === 'raw: await readFile, same bytes');
    const read = results.find(({ name }) => name.startsWith('readCandleFile, 1,000,000'));
    return less(
      'ms to read a million candles',
      read?.median_ms,
      'readFile of the same bytes',
      raw?.median_ms,
    );
  },
  sse: ({ rows }) =>
    rows
      .filter(({ server }) => server === 'headroom')
      .flatMap((ours) =>
        rows
          .filter(({ server, connections }) => server !== 'headroom' && connections === ours.connections)
          .flatMap((row) =>
            less(
              `CPU µs a delivery, ${ours.connections} connections`,
              ours.cpu_us_per_delivery,
              row.server === 'raw' ? 'raw node:http' : row.server,
              row.cpu_us_per_delivery,
            ),
          ),
      ),
  http: ({ stores }) =>
    stores.flatMap(({ store, headroom, express }) =>
      less(
        `CPU µs a small GET, ${store}`,
        headroom.cpu_us_per_request,
        'bare Express',
        express.cpu_us_per_request,
      ),
    ),
  /** Nobody else does this; the figures stand for themselves. */
  footprint: () => [],
  output: () => [],
  scheduler: () => [],
};

const both = (ours, theirs) => Number.isFinite(ours) && Number.isFinite(theirs);
function more(what, ours, peer, theirs) {
  return both(ours, theirs) ? [{ what, ours, theirs, peer, ratio: ours / theirs }] : [];
}
function less(what, ours, peer, theirs) {
  return both(ours, theirs) ? [{ what, ours, theirs, peer, ratio: theirs / ours }] : [];
}

/** What a bench says it has left out, and why. */
export function leftOutOf(report) {
  const skipped = Object.entries(report).flatMap(([name, value]) =>
    typeof value?.skipped === 'string' ? [`${name}: ${value.skipped}`] : [],
  );
  return [...(Array.isArray(report.left_out) ? report.left_out : []), ...skipped];
}
