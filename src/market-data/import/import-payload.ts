import { exchangeId, importOptions, symbol, timeframe } from '@app/contracts';
import { z } from 'zod';

const upload = z.object({
  kind: z.literal('upload'),
  options: importOptions.extend({ shared: z.boolean(), preview: z.boolean(), adjusted: z.boolean() }),
  /** Size of the uploaded file, which lies in the task's import folder. */
  bytes: z.number().int(),
});

const download = z.object({
  kind: z.literal('download'),
  exchange: exchangeId,
  symbol,
  timeframe,
  /** Null: from the candle after the last stored one. */
  startMs: z.number().nullable(),
  /** Where to start when nothing is stored to go on from. */
  fallbackStartMs: z.number().nullable().default(null),
  /** Null: up to now. */
  endMs: z.number().nullable(),
  shared: z.boolean(),
  /** A proxy or mirror in place of the exchange's hosts, as the operator configured. */
  address: z.string().nullable(),
});

/** What an import's process needs. */
export const importPayload = z.discriminatedUnion('kind', [upload, download]);
export type ImportPayload = z.infer<typeof importPayload>;
export type UploadPayload = z.infer<typeof upload>;
export type DownloadPayload = z.infer<typeof download>;
