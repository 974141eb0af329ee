import { preferences } from '@/preferences';

const dash = '–';

/** `1234.5` → `1,234.50` in the user's locale; a dash for what is not known. */
export function number(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return dash;
  return value.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** As `number`, with no more digits than a price of this size needs. */
export function price(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return dash;
  return value.toLocaleString(undefined, { maximumSignificantDigits: Math.abs(value) >= 1000 ? 7 : 5 });
}

/** A fraction as a percentage: `0.0123` → `1.23 %`. */
export function percent(fraction: number | null | undefined, digits = 2): string {
  return fraction === null || fraction === undefined || !Number.isFinite(fraction)
    ? dash
    : `${number(fraction * 100, digits)} %`;
}

/** As `percent`, with a sign: a gain is `+1.23 %`. */
export function signedPercent(fraction: number | null | undefined, digits = 2): string {
  const text = percent(fraction, digits);
  return fraction !== null && fraction !== undefined && fraction > 0 ? `+${text}` : text;
}

export function dateTime(iso: string | null | undefined): string {
  if (!iso) return dash;
  return new Date(iso).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...zone(),
  });
}

export function day(iso: string | null | undefined): string {
  return iso ? new Date(iso).toLocaleDateString(undefined, { dateStyle: 'medium', timeZone: 'UTC' }) : dash;
}

function zone(): { timeZone?: string } {
  return preferences.timeZone === 'local' ? {} : { timeZone: 'UTC' };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How long ago: `just now`, `5m ago`, `2h ago`, `3d ago`. */
export function ago(iso: string | null, nowMs: number): string {
  if (iso === null) return dash;
  const passedMs = nowMs - Date.parse(iso);
  if (passedMs < minuteMs) return 'just now';
  if (passedMs < hourMs) return `${Math.floor(passedMs / minuteMs)}m ago`;
  if (passedMs < 24 * hourMs) return `${Math.floor(passedMs / hourMs)}h ago`;
  return `${Math.floor(passedMs / (24 * hourMs))}d ago`;
}

/** How long: `0:07`, `12:30`, `1:02:03`. */
export function clock(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** How long, in words: `0.4 s`, `12 s`, `3 min 20 s`. */
export function duration(durationMs: number | null): string {
  if (durationMs === null || !Number.isFinite(durationMs)) return dash;
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 10) return `${number(seconds, 1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const taskTypeNames: Readonly<Record<string, string>> = {
  backtest: 'Backtest',
  model_training: 'Model Training',
  prediction: 'Prediction',
  optimization: 'Optimization',
  data_import: 'Data Import',
};

/** `model_training` → `Model Training`; a plug-in's type the same way. */
export function taskTypeName(type: string): string {
  return (
    taskTypeNames[type] ??
    type.replace(/(^|_)([a-z])/g, (_, gap: string, letter: string) => (gap && ' ') + letter.toUpperCase())
  );
}

/** `total_return` → `Total return`. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
