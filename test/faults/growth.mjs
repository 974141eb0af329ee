const parts = 8;

/**
 * How much a figure grows: the least-squares slope through the lowest values of eight equal parts of the run, of which the
 * first half is left out as warm-up: heaps, the allocator's arenas and PostgreSQL's caches fill up to some size. Garbage
 * and bursts come and go; what a floor still does not give back then is a leak.
 *
 * @param samples `[{atS, value}]` in their order
 * @returns growth a minute, and the first and the last floor
 */
export function growthOf(samples) {
  const from = samples[0].atS;
  const span = samples.at(-1).atS - from;
  const floors = new Map();
  for (const { atS, value } of samples) {
    const part = Math.min(parts - 1, Math.floor(((atS - from) / span) * parts));
    if (part < parts / 2) continue;
    floors.set(part, Math.min(value, floors.get(part) ?? Infinity));
  }
  const points = [...floors].map(([part, value]) => [((part + 0.5) * span) / parts / 60, value]);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const up = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const across = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return { perMinute: up / across, first: points[0][1], last: points.at(-1)[1] };
}
