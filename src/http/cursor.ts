import type { Page } from '@app/contracts';
import { HttpProblem } from '../problems/http-problem.js';
import { fittingItems } from './page-size.js';

/** Where a page ends, as an opaque word: the sequence number of its last row. */
export function encodeCursor(sequence: number): string {
  return Buffer.from(`s${sequence}`).toString('base64url');
}

/**
 * The sequence number below which the next page begins; null for the first page.
 *
 * @throws HttpProblem 400 for a word that `encodeCursor` did not make
 */
export function decodeCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const match = /^s(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) throw invalid();
  return Number(match[1]);
}

/**
 * Turns up to `limit + 1` rows into a page of at most 2 MB. The extra row only says that there are more.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  sequenceOf: (row: Row) => number,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const items = fittingItems(rows.slice(0, limit).map(itemOf));
  const last = rows[items.length - 1];
  const hasMore = rows.length > items.length && last !== undefined;
  return { items, next_cursor: hasMore ? encodeCursor(sequenceOf(last)) : null };
}

/**
 * A page, of at most 2 MB, of a list that is at hand as a whole, in the order of its keys; each names one item.
 *
 * @throws HttpProblem 400 for a cursor that no page of such a list gave
 */
export function pageByKey<Item>(
  items: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  keyOf: (item: Item) => string,
): Page<Item> {
  const after = cursor === undefined ? '' : keyIn(cursor);
  const later = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = fittingItems(later.slice(0, limit).map(({ item }) => item));
  const last = later[shown.length - 1];
  const hasMore = later.length > shown.length && last !== undefined;
  return { items: shown, next_cursor: hasMore ? Buffer.from(`k${last.key}`).toString('base64url') : null };
}

function keyIn(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith('k')) throw invalid();
  return text.slice(1);
}

function invalid(): HttpProblem {
  return new HttpProblem(400, 'CURSOR_INVALID', 'cursor: not one that a previous page gave.');
}
