const canonical = /^[A-Z0-9]{1,16}(?:_[A-Z0-9]{1,16})?$/;

/**
 * `BTC/USDT`, `btc-usdt` and `BTC_USDT` as `BTC_USDT`, or null if the text is no symbol.
 *
 * What comes out is letters, digits and one underscore at most: safe as the name of a folder.
 */
export function canonicalSymbol(text: string): string | null {
  const name = text.trim().toUpperCase().replace(/[/-]/g, '_');
  return canonical.test(name) ? name : null;
}

/**
 * The one of `known` canonical symbols that `text` means: its own spelling, else the only one that has the
 * same letters and digits (`BTCUSDT` for `BTC_USDT`, and the reverse); null if there is none or two.
 */
export function resolveSymbol(text: string, known: Iterable<string>): string | null {
  const name = canonicalSymbol(text);
  if (name === null) return null;
  const names = new Set(known);
  if (names.has(name)) return name;
  const joined = name.replace('_', '');
  const alike = [...names].filter((other) => other.replace('_', '') === joined);
  return alike.length === 1 ? alike[0]! : null;
}
