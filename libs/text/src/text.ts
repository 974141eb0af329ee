/**
 * Text that JSON and PostgreSQL can hold: NUL and halves of surrogate pairs become U+FFFD.
 *
 * @param maxCodePoints the most code points to keep; a longer text is cut and ends in `…`
 */
export function boundedText(text: string, maxCodePoints: number): string {
  // A code point takes at most two UTF-16 units, so nothing beyond this can be kept.
  const head = text.slice(0, 2 * maxCodePoints + 2);
  const points = Array.from(head);
  const isCut = points.length > maxCodePoints;
  const kept = isCut ? `${points.slice(0, maxCodePoints - 1).join('')}…` : head;
  return storableText(kept);
}

/** The same without a limit. */
export function storableText(text: string): string {
  return text.replace(unstorable, '\uFFFD');
}

// With the `u` flag only a surrogate without its partner matches the category.
// eslint-disable-next-line no-control-regex -- NUL is what PostgreSQL refuses
const unstorable = /\u0000|\p{Surrogate}/gu;
