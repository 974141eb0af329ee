import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const traceLine = z.object({
  at_s: z.number().min(0),
  user: z.string(),
  type: z.string(),
  size: z.number().positive(),
  priority: z.number(),
  cpu_cores: z.number().positive(),
  cpu_seconds: z.number().positive(),
  ram_gb: z.number().min(0),
  ramp: z.number().min(0).max(1),
  interactive: z.boolean(),
});

const externalLine = z.object({
  at_s: z.number().min(0),
  cpu_cores: z.number().min(0),
  ram_gb: z.number().min(0),
});

/**
 * One submission: `cpu_cores` at full speed, `cpu_seconds` of work, and `ram_gb` at its peak, which is reached after the
 * fraction `ramp` of the work. A scheduler is told only user, type, size and priority.
 */
export type TraceTask = Readonly<z.infer<typeof traceLine>>;

/** The external load of the machine from `at_s` on. */
export type ExternalUse = Readonly<z.infer<typeof externalLine>>;

export interface Workload {
  /** In order of time. */
  readonly tasks: readonly TraceTask[];
  /** In order of time. */
  readonly external: readonly ExternalUse[];
}

/** Reads a trace of JSON lines, gzipped or not. Throws an error that names the file and line of an invalid line. */
export function readTrace(path: string): TraceTask[] {
  return readLines(path, traceLine);
}

/** Reads the external load from JSON lines, gzipped or not; throws as {@link readTrace} does. */
export function readExternal(path: string): ExternalUse[] {
  return readLines(path, externalLine);
}

function readLines<T extends { at_s: number }>(path: string, schema: z.ZodType<T>): T[] {
  const bytes = readFileSync(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines: T[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    try {
      lines.push(schema.parse(JSON.parse(line)));
    } catch (cause) {
      const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
      throw new Error(`${path}:${i + 1}: ${detail}`, { cause });
    }
  });
  return lines.sort((a, b) => a.at_s - b.at_s);
}
