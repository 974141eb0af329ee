import type { RowFinding } from '@app/contracts';
import { boundedText } from '@app/text';

/** Why a row is left out. */
export type RefusalCode =
  | 'TOO_FEW_FIELDS'
  | 'TIME_UNREADABLE'
  | 'TIME_OUT_OF_RANGE'
  | 'TIME_AMBIGUOUS'
  | 'TIME_NOT_ON_THE_CLOCK'
  | 'TIME_OFF_GRID'
  | 'NOT_A_NUMBER'
  | 'PRICE_NOT_POSITIVE'
  | 'HIGH_BELOW_LOW'
  | 'VOLUME_NEGATIVE'
  | 'OTHER_SYMBOL';

/** What is put right in a row that is kept, or a row that another one stands for. */
export type RepairCode =
  | 'DUPLICATE'
  | 'CONFLICTING_DUPLICATE'
  | 'OUT_OF_ORDER'
  | 'RANGE_WIDENED'
  | 'VOLUME_MISSING'
  | 'TIME_ZONE_ASSUMED'
  | 'DAY_AS_WRITTEN'
  | 'UNFINISHED';

const shown = 10;
const maxMessageCodePoints = 200;

/** Counts what was found in rows, and keeps the first ten of each kind. */
export class RowIssues<Code extends string> {
  readonly #findings = new Map<Code, { count: number; first: RowFinding['first'] }>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** @param message is only made when it will be shown */
  add(code: Code, row: number | null, message: () => string): void {
    let finding = this.#findings.get(code);
    if (finding === undefined) this.#findings.set(code, (finding = { count: 0, first: [] }));
    finding.count += 1;
    this.#total += 1;
    if (finding.first.length < shown)
      finding.first.push({ row, message: boundedText(message(), maxMessageCodePoints) });
  }

  countOf(code: Code): number {
    return this.#findings.get(code)?.count ?? 0;
  }

  list(): RowFinding[] {
    return [...this.#findings].map(([code, finding]) => ({ code, ...finding }));
  }
}
