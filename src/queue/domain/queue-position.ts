import type { WaitKind } from '@app/scheduler';

/** Where a queued task stands, and why it has not started. */
export interface QueuePosition {
  /** From 1, in the whole queue. */
  readonly position: number;
  readonly kind: WaitKind;
  /** For admins, with the machine's figures. */
  readonly reason: string;
  /** For other users, without figures of the machine. */
  readonly userReason: string;
  /** Epoch milliseconds; null where no forecast is possible. */
  readonly estimatedStartAtMs: number | null;
}
