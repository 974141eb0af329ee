import type { Task as TaskView } from '@app/contracts';

/** What a client shows people once a task was accepted. */
export function acceptedMessage(what: string, task: TaskView): string {
  return `${what} ${task.status === 'running' ? 'started' : 'queued'}. Check Status Center for progress.`;
}
