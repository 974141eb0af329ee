// A plug-in that imports the SDK alone: a task type whose tasks fail with a code at first, and are retried.
import { z } from 'zod';

const payload = z.strictObject({
  code: z.string(),
  /** The attempt that completes. */
  completes_at: z.number().int(),
});

/** @type {import('../../libs/tasks-sdk/src/index.js').TaskPlugin} */
const plugin = {
  handlers: [
    {
      type: 'flaky',
      label: 'Flaky task',
      resources: { cpuCores: 0.1, ramGb: 0.1 },
      payload,
      size: () => 1,
      describe: ({ code }) => `Fails with ${code} at first`,
      retry: { codes: ['SOURCE_BUSY'], maxAttempts: 4, firstDelayS: 0.2, maxDelayS: 0.3 },
      entry: new URL('./flaky.task.mjs', import.meta.url),
      submittable: true,
    },
  ],
};

export default plugin;
