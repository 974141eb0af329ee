/** Columns that a terminal gives to a text: two for emoji, none for what only joins or colours them. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** Cuts or pads a text to exactly so many columns. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text + ' '.repeat(columns - widthOf(text));
  let kept = '';
  let width = 0;
  for (const character of text) {
    if (width + columnsOf(character) > columns - 1) break;
    kept += character;
    width += columnsOf(character);
  }
  return `${kept}…${' '.repeat(columns - width - 1)}`;
}

function columnsOf(character: string): number {
  if (/\p{Mark}|\u200d/u.test(character)) return 0;
  return /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
}
