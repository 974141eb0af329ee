import type { Task } from '../queue/domain/task.js';

/** What a client shows people once a task was accepted. */
export function acceptedMessage(what: string, task: Task): string {
  return `${what} ${task.isRunning ? 'started' : 'queued'}. Check Status Center for progress.`;
}
