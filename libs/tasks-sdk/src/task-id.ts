const pattern = /^[A-Za-z0-9_-]{1,64}$/;

/** A task id that the queue does not accept: ids name files and stand in addresses. */
export class InvalidTaskIdError extends Error {
  override readonly name = 'InvalidTaskIdError';
  constructor(taskId: string) {
    const shown = JSON.stringify(taskId.slice(0, 80));
    super(`The task id ${shown} is not valid: it must be 1 to 64 letters, digits, "_" and "-".`);
  }
}

/** @throws InvalidTaskIdError */
export function assertTaskId(taskId: string): void {
  if (!pattern.test(taskId)) throw new InvalidTaskIdError(taskId);
}
