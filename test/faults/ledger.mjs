/** What the server has promised: every task that it accepted, and what was asked of it afterwards. */
export class Ledger {
  /** task id → `{owner, kind, cancelled, retried}`, and `codes` where it fails by itself with one of them */
  tasks = new Map();
  /** idempotency key → task id */
  keys = new Map();
  violations = [];
  counts = { posts: 0, accepted: 0, repeated: 0, refused: 0, lost: 0, cancels: 0, retries: 0 };

  accept(taskId, entry) {
    this.counts.accepted += 1;
    this.tasks.set(taskId, { cancelled: false, retried: false, chained: false, ...entry });
  }

  /** The answer to a request that named itself: each later one must be the same. */
  answered(key, taskId) {
    const before = this.keys.get(key);
    if (before !== undefined && before !== taskId) {
      this.violations.push(`Idempotency-Key ${key} made two tasks: ${before} and ${taskId}`);
    }
    this.keys.set(key, taskId);
  }
}
