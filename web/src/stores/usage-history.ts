/** One point of the machine's recent history, in percent. */
export interface UsageSample {
  readonly atMs: number;
  readonly cpu: number;
  readonly ram: number;
}

/** How far the history goes back. */
export const historyMs = 600_000;
const key = 'headroom.usage';

/** The samples that are not older than the history goes back. */
export function lately(samples: readonly UsageSample[], nowMs: number): UsageSample[] {
  return samples.filter(({ atMs }) => nowMs - atMs <= historyMs);
}

/** What this tab saw of the machine before a reload. */
export function readHistory(): readonly UsageSample[] {
  try {
    return lately(JSON.parse(sessionStorage.getItem(key) ?? '[]') as UsageSample[], Date.now());
  } catch {
    return [];
  }
}

export function keepHistory(samples: readonly UsageSample[]): void {
  sessionStorage.setItem(key, JSON.stringify(samples));
}

export function forgetHistory(): void {
  sessionStorage.removeItem(key);
}
