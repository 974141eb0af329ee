/** What a reservation is taken and a process is started for. */
export type WorkItem =
  /** A task that waits in the queue. */
  | { readonly kind: 'task'; readonly taskId: string }
  /** A shard of a task that runs. */
  | { readonly kind: 'shard'; readonly taskId: string; readonly index: number }
  /** The run that combines the results of a task's shards. */
  | { readonly kind: 'reduce'; readonly taskId: string };
