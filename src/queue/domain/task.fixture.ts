import type { TaskRow } from './task-row.js';

/** A stored task for tests: a queued backtest unless fields say otherwise. */
export function taskRow(fields: Partial<TaskRow> = {}): TaskRow {
  const { status = 'queued' } = fields;
  const hasEnded = status !== 'queued' && status !== 'running';
  return {
    taskId: '00000000-0000-4000-8000-000000000001',
    sequence: 1,
    taskType: 'backtest',
    userId: 'alice',
    status,
    priority: 0,
    description: '',
    progress: null,
    payload: {},
    size: 1,
    cpuMillicores: 1000,
    ramMb: 512,
    timeoutS: 3600,
    durable: true,
    queuedAt: new Date('2024-01-15T10:30:00.000Z'),
    notBefore: null,
    startedAt: null,
    completedAt: hasEnded ? new Date('2024-01-15T11:00:00.000Z') : null,
    attempt: 1,
    maxAttempts: 3,
    nodeId: null,
    leaseExpiresAt: null,
    cancelRequested: false,
    cancellable: true,
    subject: '',
    shardFingerprint: null,
    floorRamMb: null,
    error: null,
    cpuSeconds: null,
    peakRamMb: null,
    runAfter: null,
    traceparent: null,
    ...fields,
  };
}
