import { boundedText } from '@app/text';
import type { ShardOrder } from '@app/tasks-sdk';
import { z } from 'zod';
import { taskError } from '../domain/task-error-codes.js';

/** Messages from the server to a task's process, one line of JSON each. */
export type ServerMessage =
  | {
      readonly type: 'run';
      readonly entry: string;
      readonly payload: unknown;
      readonly taskId: string;
      readonly userId: string;
      readonly attempt: number;
      readonly dataDir: string;
      readonly resultPath: string;
      readonly shard: ShardOrder | null;
      readonly shardResults: readonly (string | null)[];
    }
  | { readonly type: 'abort' };

const maxDescriptionCodePoints = 500;

const nonNegative = z.number().nonnegative();
const processUse = z.strictObject({
  loadedAtMs: nonNegative.nullable(),
  cpuSeconds: nonNegative,
  peakRamMb: nonNegative,
});

const messageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    description: z.string().transform((text) => boundedText(text, maxDescriptionCodePoints)),
    progress: z
      .number()
      .transform((fraction) => Math.min(1, Math.max(0, fraction)))
      .nullable(),
  }),
  z.strictObject({ type: z.literal('done'), summary: z.unknown(), use: processUse }),
  z.strictObject({
    type: z.literal('failed'),
    error: z
      .strictObject({ code: z.string(), message: z.string() })
      .transform(({ code, message }) => taskError(code, message)),
    use: processUse,
  }),
  // Its process has started another, which may outlive it.
  z.strictObject({ type: z.literal('child-started') }),
]);

/** Messages from a task's process to the server, validated, bounded and cleaned of what the database cannot hold. */
export type TaskMessage = z.output<typeof messageSchema>;

/** The same as the process sends it. */
export type TaskMessageInput = z.input<typeof messageSchema>;

/** A message of a task's process, from its line of JSON; null when it is none. Never throws. */
export function parseTaskMessage(frame: string): TaskMessage | null {
  try {
    return messageSchema.safeParse(JSON.parse(frame)).data ?? null;
  } catch {
    return null;
  }
}
