/** A line that is longer is cut into several. */
export const maxLineBytes = 8192;

/** A long line is cut behind a separator in its last part, where there is one, so that no secret is cut in two. */
const cutSearchBytes = 2048;
const separators = new Set(Buffer.from(' \t,;'));

/** Where a line of more than `maxLineBytes` is cut: behind a separator, or else between two characters. */
export function cutOf(line: Buffer): number {
  for (let end = maxLineBytes; end > maxLineBytes - cutSearchBytes; end -= 1) {
    if (separators.has(line[end - 1]!)) return end;
  }
  let end = maxLineBytes;
  // Bytes that go on with a character of UTF-8.
  while (end > maxLineBytes - 4 && (line[end]! & 0xc0) === 0x80) end -= 1;
  return end;
}
