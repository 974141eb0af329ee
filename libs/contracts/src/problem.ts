import { z } from 'zod';

/** RFC 9457 problem details, as every error of the API is answered. */
export const problem = z.object({
  type: z.string().describe('urn:headroom:problem: and the code in lower case, with hyphens'),
  title: z.string().describe('the status in words'),
  status: z.number().int().describe('of the answer'),
  detail: z.string().describe('what is wrong, a sentence for people'),
  instance: z.string().describe('the path that was asked for, without its query'),
  code: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .describe('what is wrong, a stable word for programs'),
  request_id: z.string().describe('names the request in the log of the server; also in X-Request-Id'),
  errors: z
    .array(
      z.object({
        path: z
          .string()
          .describe(
            'the field, such as params.fast_period; items of a list by number from 0; empty for the whole request',
          ),
        message: z.string().describe('what is wrong with it'),
      }),
    )
    .optional()
    .describe('what is wrong, field by field, the first twenty; always there with 422'),
});
export type Problem = z.infer<typeof problem>;
