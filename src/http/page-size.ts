/** The most bytes of JSON that the items of one page take: 2 MB less some room for what surrounds them. */
export const maxPageBytes = 1_950_000;

/**
 * The items from the first one on that fit into one page together; at least one, so that the next page gets further.
 *
 * @param maxBytes the most bytes that their JSON may take, with commas between them
 */
export function fittingItems<Item>(items: readonly Item[], maxBytes = maxPageBytes): Item[] {
  let bytes = 0;
  const end = items.findIndex((item, n) => {
    bytes += jsonBytes(item) + 1;
    return n > 0 && bytes > maxBytes;
  });
  return items.slice(0, end === -1 ? items.length : end);
}

/** How many bytes a value takes as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
