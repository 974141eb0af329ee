import { z } from 'zod';
import { taskType } from '@app/contracts';

const isFunction = z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function');
const optionalFunction = isFunction.optional();

const handlerShape = z.object({
  type: taskType,
  label: z.string().min(1),
  resources: z.object({ cpuCores: z.number().min(0), ramGb: z.number().min(0) }),
  payload: z.custom((value) => isSchema(value), 'must be a zod schema'),
  size: isFunction,
  describe: isFunction,
  subject: optionalFunction,
  shards: optionalFunction,
  describeShards: optionalFunction,
  entry: z.instanceof(URL, { error: 'must be a URL' }),
  resultExtension: z.string().startsWith('.').optional(),
  resultUrl: optionalFunction,
  submittable: z.literal(true).optional(),
  retry: z
    .object({
      codes: z.array(z.string()),
      maxAttempts: z.int().min(1),
      firstDelayS: z.number().min(0),
      maxDelayS: z.number().min(0),
    })
    .optional(),
  completed: optionalFunction,
  forgotten: optionalFunction,
});

const pluginShape = z.object({ handlers: z.array(handlerShape).min(1) });

/** What is wrong with a plug-in's default export that should be a `TaskPlugin`; null when it is one. */
export function pluginProblem(exported: unknown): string | null {
  if (typeof exported !== 'object' || exported === null || !('handlers' in exported)) {
    return 'its default export is neither a Nest module nor a TaskPlugin with handlers.';
  }
  const [issue] = pluginShape.safeParse(exported).error?.issues ?? [];
  return issue === undefined
    ? null
    : `its default export is no TaskPlugin: ${issue.path.join('.')}: ${issue.message}`;
}

/** A plug-in may bring its own copy of zod, so `instanceof` does not work. */
function isSchema(value: unknown): boolean {
  return typeof (value as { safeParse?: unknown } | null)?.safeParse === 'function';
}
