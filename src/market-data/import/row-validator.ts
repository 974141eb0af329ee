import { timeframeMs, type ImportReport, type Timeframe } from '@app/contracts';
import type { CandleRow } from '../candle-spool.js';
import { bucketStart } from '../resample.js';
import { RowIssues, type RefusalCode, type RepairCode } from './row-issues.js';
import type { ReadTime } from './time-format.js';

/** A row as it comes: its time, five numbers (NaN where there is none), and what stood there, for messages. */
export interface RawRow {
  /** Where it stands in the input, from 1. */
  readonly number: number;
  readonly time: ReadTime;
  /** As it stood there. */
  readonly timeText: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Undefined when the input has no volumes, NaN where one is missing. */
  readonly volume: number | undefined;
}

const dayMs = 86_400_000;
const prices = ['open', 'high', 'low', 'close'] as const;

/**
 * Checks rows one by one: each is kept, kept with a documented repair, or refused, and every one is counted.
 */
export class RowValidator {
  readonly repaired = new RowIssues<RepairCode>();
  readonly refused = new RowIssues<RefusalCode>();
  #read = 0;
  #before = NaN;
  readonly #rising = new RowIssues<'step'>();
  readonly #falling = new RowIssues<'step'>();

  /** @param zoneIsGiven somebody said in which zone times are that name none */
  constructor(
    private readonly timeframe: Timeframe,
    private readonly zoneIsGiven: boolean,
  ) {}

  get read(): number {
    return this.#read;
  }

  /** The order of the input; null below two rows. */
  get order(): ImportReport['order'] {
    if (this.#rising.total + this.#falling.total === 0) return null;
    if (this.#falling.total === 0) return 'ascending';
    return this.#rising.total === 0 ? 'descending' : 'mixed';
  }

  /** A row that could not even be taken apart. */
  refuse(code: RefusalCode, number: number, message: () => string): void {
    this.#read += 1;
    this.refused.add(code, number, message);
  }

  /** @returns the candle, or null for a row that is refused */
  check(row: RawRow): CandleRow | null {
    this.#read += 1;
    const time = this.#timeOf(row);
    if (time === null || !this.#hasGoodPrices(row)) return null;
    const volume = this.#volumeOf(row);
    if (volume === null) return null;
    const { open, close, number } = row;
    const high = Math.max(row.high, open, close);
    const low = Math.min(row.low, open, close);
    if (high !== row.high || low !== row.low) {
      this.repaired.add(
        'RANGE_WIDENED',
        number,
        () => `open ${open} or close ${close} lies outside ${row.low} to ${row.high}`,
      );
    }
    if (time !== this.#before && !Number.isNaN(this.#before)) {
      const steps = time > this.#before ? this.#rising : this.#falling;
      const before = this.#before;
      steps.add('step', number, () => `${iso(time)} comes after ${iso(before)}`);
    }
    this.#before = time;
    return { time, open, high, low, close, volume };
  }

  /** Two rows of one time: the later one counts. */
  duplicate(number: number | null, timeMs: number, areEqual: boolean): void {
    const code = areEqual ? 'DUPLICATE' : 'CONFLICTING_DUPLICATE';
    this.repaired.add(code, number, () =>
      areEqual ? `${iso(timeMs)} comes again` : `${iso(timeMs)} comes again with other values, which count`,
    );
  }

  /** Takes the order into account once it is known: rows against the direction of most others. */
  finish(): void {
    if (this.order !== 'mixed') return;
    const against = this.#rising.total >= this.#falling.total ? this.#falling : this.#rising;
    const [steps] = against.list();
    for (let i = 0; i < steps!.count; i++) {
      const first = steps!.first[i];
      this.repaired.add('OUT_OF_ORDER', first?.row ?? null, () => first?.message ?? '');
    }
  }

  #timeOf({ time, timeText, number }: RawRow): number | null {
    if ('problem' in time) {
      this.refused.add(time.problem, number, () => problemText(time.problem, timeText));
      return null;
    }
    const lengthMs = timeframeMs[this.timeframe];
    let { ms } = time;
    // A day of an exchange is the day that it is there, whatever midnight that is in UTC.
    if (lengthMs === dayMs && ms % dayMs !== 0 && time.wallMs % dayMs === 0) {
      ms = time.wallMs;
      this.repaired.add('DAY_AS_WRITTEN', number, () => `${timeText} counts as ${iso(ms).slice(0, 10)}`);
    } else if (!time.hasZone && !this.zoneIsGiven && lengthMs < dayMs) {
      this.repaired.add('TIME_ZONE_ASSUMED', number, () => `${timeText} names no zone and was read as UTC`);
    }
    if (bucketStart(ms, this.timeframe) !== ms) {
      this.refused.add(
        'TIME_OFF_GRID',
        number,
        () => `${timeText} is no start of a ${this.timeframe} candle`,
      );
      return null;
    }
    return ms;
  }

  #hasGoodPrices(row: RawRow): boolean {
    for (const name of prices) {
      if (!Number.isFinite(row[name])) {
        this.refused.add('NOT_A_NUMBER', row.number, () => `${name} at ${row.timeText} is no number`);
        return false;
      }
      if (row[name] <= 0) {
        this.refused.add(
          'PRICE_NOT_POSITIVE',
          row.number,
          () => `${name} at ${row.timeText} is ${row[name]}`,
        );
        return false;
      }
    }
    if (row.high < row.low) {
      this.refused.add(
        'HIGH_BELOW_LOW',
        row.number,
        () => `${row.timeText}: ${row.high} is below ${row.low}`,
      );
      return false;
    }
    return true;
  }

  #volumeOf({ volume, number, timeText }: RawRow): number | null {
    if (volume === undefined) return 0;
    if (volume < 0) {
      this.refused.add('VOLUME_NEGATIVE', number, () => `volume at ${timeText} is ${volume}`);
      return null;
    }
    if (Number.isFinite(volume)) return volume;
    this.repaired.add('VOLUME_MISSING', number, () => `volume at ${timeText} is no number and became 0`);
    return 0;
  }
}

function problemText(problem: string, text: string): string {
  switch (problem) {
    case 'TIME_OUT_OF_RANGE':
      return `${JSON.stringify(text)} is not between 1970 and 2100`;
    case 'TIME_AMBIGUOUS':
      return `${text} comes twice, as the clocks are put back`;
    case 'TIME_NOT_ON_THE_CLOCK':
      return `${text} never was, as the clocks are put forward`;
    default:
      return `${JSON.stringify(text)} is no time of the format found`;
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
