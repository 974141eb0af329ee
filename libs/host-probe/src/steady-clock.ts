/**
 * The time in ms since the epoch, from a clock that never steps: wall time when the process started, plus the monotonic
 * time since then. It keeps running when the wall clock is set forward or back, so it suits durations as well as
 * timestamps.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
