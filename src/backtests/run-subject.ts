interface RequestedRun {
  readonly strategy: string;
  readonly symbol: string;
  readonly timeframe: string;
}

/** `SmaCross on BTC_USDT 4h` */
export function runName({ strategy, symbol, timeframe }: RequestedRun): string {
  return `${strategy} on ${symbol} ${timeframe}`;
}

/** `SmaCross on BTC_USDT 4h · fast 20, slow 80`, with the parameters that the request names. */
export function runSubject(
  request: RequestedRun & { readonly params: Readonly<Record<string, unknown>> },
): string {
  const params = Object.entries(request.params).flatMap(([name, value]) =>
    isScalar(value) ? [`${paramLabel(name)} ${value}`] : [],
  );
  return params.length === 0 ? runName(request) : `${runName(request)} · ${params.join(', ')}`;
}

/** `SmaCross on BTC_USDT 4h · 48 runs over fast, slow` */
export function sweepSubject(
  request: RequestedRun & { readonly space: Readonly<Record<string, unknown>> },
  runs: number,
): string {
  return `${runName(request)} · ${runs} runs over ${Object.keys(request.space).map(paramLabel).join(', ')}`;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** `fast_period` is shown as `fast`. */
function paramLabel(name: string): string {
  return name.replace(/_period$/, '').replaceAll('_', ' ');
}
