import type { TimeFormat } from '@app/contracts';

/** An instant, or why there is none. */
export type ReadTime =
  | {
      readonly ms: number;
      readonly hasZone: boolean;
      /** The clock as written, read as if it were UTC. */ readonly wallMs: number;
    }
  | { readonly problem: TimeProblem };

type TimeProblem = 'TIME_UNREADABLE' | 'TIME_OUT_OF_RANGE' | 'TIME_AMBIGUOUS' | 'TIME_NOT_ON_THE_CLOCK';

const hourMs = 3_600_000;
const perMs: Readonly<Record<'s' | 'ms' | 'us' | 'ns', number>> = { s: 1e-3, ms: 1, us: 1e3, ns: 1e6 };
/** A broken row must not decide what the others mean. */
const goodShare = 0.6;
const latestMs = Date.UTC(2101, 0, 1);
const number = /^-?\d+(\.\d*)?(e[+-]?\d+)?$/i;
/** Day and month in either order are told from a year that stands first. */
const iso =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):?(\d{2})?(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?(?:\s*-?\s*([AaPp][Mm]))?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const slashed =
  /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?:\s*([AaPp][Mm]))?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const compact = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2}):?(\d{2})?)?\s*(Z)?$/;

/** Reads times of one format. */
export class TimeReader {
  readonly #zone: ZoneClock | null;

  /** @param zone IANA name of the zone of times that name none; null for UTC */
  constructor(
    private readonly format: TimeFormat,
    zone: string | null,
  ) {
    this.#zone = zone === null || zone === 'UTC' ? null : new ZoneClock(zone);
  }

  /** @param text the cell; of a number or a time of day in a cell of its own, both joined by a blank */
  read(text: string): ReadTime {
    switch (this.format) {
      case 's':
      case 'ms':
      case 'us':
      case 'ns': {
        if (!number.test(text)) return { problem: 'TIME_UNREADABLE' };
        const ms = Math.round(Number(text) / perMs[this.format]);
        return inRange(ms, { ms, hasZone: true, wallMs: ms });
      }
      case 'yyyymmdd': {
        const match = compact.exec(text);
        if (match === null) return { problem: 'TIME_UNREADABLE' };
        const [, year, month, day, hour, minute, second, zone] = match;
        return this.#instant({ year, month, day, hour, minute, second, zone });
      }
      case 'iso': {
        const match = iso.exec(text);
        if (match === null) return { problem: 'TIME_UNREADABLE' };
        const [, year, month, day, hour, minute, second, fraction, half, zone] = match;
        return this.#instant({ year, month, day, hour, minute, second, fraction, half, zone });
      }
      case 'dmy':
      case 'mdy': {
        const match = slashed.exec(text);
        if (match === null) return { problem: 'TIME_UNREADABLE' };
        const [, first, second2, year, hour, minute, second, fraction, half, zone] = match;
        const [day, month] = this.format === 'dmy' ? [first, second2] : [second2, first];
        return this.#instant({ year, month, day, hour, minute, second, fraction, half, zone });
      }
    }
  }

  #instant(parts: TimeParts): ReadTime {
    const wallMs = wallClock(parts);
    if (wallMs === null) return { problem: 'TIME_UNREADABLE' };
    const { zone } = parts;
    if (zone !== undefined) {
      const ms = wallMs - offsetMs(zone);
      return inRange(ms, { ms, hasZone: true, wallMs });
    }
    if (this.#zone === null) return inRange(wallMs, { ms: wallMs, hasZone: false, wallMs });
    const ms = this.#zone.instantOf(wallMs);
    return typeof ms === 'string' ? { problem: ms } : inRange(ms, { ms, hasZone: false, wallMs });
  }
}

/** The one format that fits all samples; null if none does, and `ambiguous` when day and month cannot be told apart. */
export function detectTimeFormat(samples: readonly string[]): TimeFormat | 'ambiguous' | null {
  const texts = samples.filter((text) => text !== '');
  if (texts.length === 0) return null;
  const readsAll = (format: TimeFormat) => {
    const reader = new TimeReader(format, null);
    const read = texts.filter((text) => 'ms' in reader.read(text)).length;
    return read >= Math.max(1, Math.ceil(texts.length * goodShare));
  };
  if (readsAll('yyyymmdd')) return 'yyyymmdd';
  if (texts.filter((text) => number.test(text)).length >= texts.length * goodShare) {
    const size = Math.abs(Number(texts.find((text) => number.test(text))));
    return size < 1e11 ? 's' : size < 1e14 ? 'ms' : size < 1e17 ? 'us' : 'ns';
  }
  if (readsAll('iso')) return 'iso';
  const [dmy, mdy] = [readsAll('dmy'), readsAll('mdy')];
  // Dots are written where the day comes first.
  if (dmy && mdy) return texts.every((text) => /^\d+\.\d+\./.test(text)) ? 'dmy' : decideByOrder(texts);
  return dmy ? 'dmy' : mdy ? 'mdy' : null;
}

/** Of a few dates that fit both ways, the way in which they follow each other at short steps, if only one does. */
function decideByOrder(texts: readonly string[]): TimeFormat | 'ambiguous' {
  const longestStep = (format: TimeFormat) => {
    const reader = new TimeReader(format, null);
    const times = texts.flatMap((text) => {
      const read = reader.read(text);
      return 'ms' in read ? [read.ms] : [];
    });
    return Math.max(0, ...times.slice(1).map((time, i) => Math.abs(time - times[i]!)));
  };
  const [dmy, mdy] = [longestStep('dmy'), longestStep('mdy')];
  if (dmy === mdy) return 'ambiguous';
  return dmy < mdy ? 'dmy' : 'mdy';
}

interface TimeParts {
  readonly year: string | undefined;
  readonly month: string | undefined;
  readonly day: string | undefined;
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  readonly fraction?: string | undefined;
  /** AM or PM. */
  readonly half?: string | undefined;
  readonly zone?: string | undefined;
}

function wallClock({ year, month, day, hour, minute, second, fraction, half }: TimeParts): number | null {
  let hours = Number(hour ?? 0);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return null;
    hours = (hours % 12) + (/p/i.test(half) ? 12 : 0);
  }
  const [y, m, d, min, s] = [year, month, day, minute ?? 0, second ?? 0].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (hours > 23 || min > 59 || s > 59) return null;
  const ms = Date.UTC(y, m - 1, d, hours, min, s, Math.trunc(Number(`0.${fraction ?? 0}`) * 1000));
  // The 31st of June would be the 1st of July.
  return new Date(ms).getUTCMonth() === m - 1 && new Date(ms).getUTCDate() === d ? ms : null;
}

function offsetMs(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -1 : 1) * minutes * 60_000;
}

function inRange(ms: number, read: ReadTime): ReadTime {
  return ms >= 0 && ms < latestMs ? read : { problem: 'TIME_OUT_OF_RANGE' };
}

/** Clocks of one zone. @throws RangeError for a zone that nobody knows */
class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** When the clocks show a time: never when they are put forward over it, twice when they are put back. */
  instantOf(wallMs: number): number | 'TIME_AMBIGUOUS' | 'TIME_NOT_ON_THE_CLOCK' {
    const candidates = new Set(
      [wallMs - 24 * hourMs, wallMs + 24 * hourMs].map((near) => wallMs - this.#offsetAt(near)),
    );
    const instants = [...candidates].filter((ms) => ms + this.#offsetAt(ms) === wallMs);
    if (instants.length === 1) return instants[0]!;
    return instants.length === 0 ? 'TIME_NOT_ON_THE_CLOCK' : 'TIME_AMBIGUOUS';
  }

  /** Local clock less UTC; it changes on quarters of an hour only. */
  #offsetAt(ms: number): number {
    const quarter = Math.floor(ms / (hourMs / 4));
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      const at = (quarter * hourMs) / 4;
      const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
      const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
      offset =
        Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
        at;
      if (this.#offsets.size > 50_000) this.#offsets.clear();
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }
}
