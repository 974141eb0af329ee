import { z } from 'zod';
import { crc32 } from './crc32.js';
import { LearningError } from './errors.js';
import { FEATURE_VERSION, FEATURES } from './features/registry.js';

const finite = z.number();
const share = z.number().min(0).max(1);

const ensembleSchema = z
  .strictObject({
    base: finite,
    roots: z.array(z.int().nonnegative()),
    feature: z.array(z.int().min(-1)),
    threshold: z.array(finite),
    missingLeft: z.array(z.int().min(0).max(1)),
    left: z.array(z.int().nonnegative()),
    value: z.array(finite),
  })
  .refine(
    ({ roots, feature, threshold, missingLeft, left, value }) =>
      [threshold, missingLeft, left, value].every((column) => column.length === feature.length) &&
      roots.every((root) => root < feature.length) &&
      // Children lie behind their parent, so every walk from a root ends.
      feature.every((split, node) => split < 0 || (left[node]! > node && left[node]! + 1 < feature.length)) &&
      feature.every((split) => split < FEATURES.length),
    'nodes do not form trees over the known features',
  );

const logisticSchema = z.strictObject({
  intercept: finite,
  weights: z.array(finite).length(FEATURES.length),
  mean: z.array(finite).length(FEATURES.length),
  deviation: z.array(z.number().nonnegative()).length(FEATURES.length),
});

const calibrationSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('platt'), intercept: finite, slope: finite, evidence: finite }),
  z
    .strictObject({
      method: z.literal('isotonic'),
      scores: z.array(finite).min(1),
      probabilities: z.array(share),
      evidence: finite,
    })
    .refine(
      ({ scores, probabilities }) =>
        scores.length === probabilities.length && isRising(scores) && isRising(probabilities),
      'is no rising line',
    ),
]);

function isRising(values: readonly number[]): boolean {
  return values.every((value, k) => k === 0 || value >= values[k - 1]!);
}

const skillSchema = z.strictObject({
  auc: share,
  log_loss: finite,
  brier: finite,
  accuracy: share,
});

const baselineSchema = skillSchema.extend({
  /** Mean log loss of the baseline less the model's, in nats, and its bootstrap interval. */
  log_loss_gap: finite,
  log_loss_gap_low: finite,
  log_loss_gap_high: finite,
});

export const evaluationSchema = skillSchema.extend({
  auc_low: share,
  auc_high: share,
  /** Confidence of the intervals: 95 %, or more where several configurations were tried. */
  confidence: share,
  /** AUC of the scores before calibration, which keeps silent where there is no evidence. */
  raw_auc: share,
  ece: share,
  base_rate: share,
  /** Out-of-sample rows behind these figures, and about how many labels of them do not overlap. */
  rows: z.int().positive(),
  independent_labels: z.int().nonnegative(),
  edge: z.boolean(),
  verdict: z.string(),
  reasons: z.array(z.string()),
  trials: z.int().positive(),
  baselines: z.strictObject({
    base_rate: baselineSchema,
    always_up: baselineSchema,
    last_sign: baselineSchema,
    logistic: baselineSchema,
  }),
  /** The newest fifth, which nothing was chosen on. */
  last_period: skillSchema.extend({
    from: z.string(),
    to: z.string(),
    rows: z.int().positive(),
    base_rate: share,
  }),
  folds: z.array(
    z.strictObject({
      role: z.enum(['development', 'last']),
      train_rows: z.int(),
      from: z.string(),
      to: z.string(),
      rows: z.int(),
      rounds: z.int(),
      auc: share,
      log_loss: finite,
      evidence: finite,
      silent: z.boolean(),
      calibration: z.enum(['platt', 'isotonic']),
    }),
  ),
  reliability: z.array(
    z.strictObject({
      from: share,
      to: share,
      count: z.int(),
      mean_probability: share,
      observed: share,
    }),
  ),
  interval: z.strictObject({ coverage: share, observed: share, mean_width: finite }),
  /** Return of holding while the model says "up", decided every `horizon` bars, beside holding always. */
  profit: z.strictObject({ after_fees: finite, buy_and_hold: finite, fee: finite, trades: z.int() }),
});

const trainedModelSchema = z.strictObject({
  symbol: z.string(),
  timeframe: z.string(),
  horizon: z.int().positive(),
  kind: z.enum(['gbdt', 'logistic']),
  seed: finite,
  params: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  feature_version: z.int(),
  features: z.array(z.string()),
  /** Opening times of the first and the last candle that training saw; labels end with the last. */
  trained_from: z.string(),
  trained_to: z.string(),
  rows: z.int().positive(),
  scorer: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('gbdt'), start: logisticSchema, ensemble: ensembleSchema }),
    z.strictObject({ kind: z.literal('logistic'), logistic: logisticSchema }),
  ]),
  calibration: calibrationSchema,
  interval: z.strictObject({ low: ensembleSchema, high: ensembleSchema, widening: finite, coverage: share }),
  /** Mean scaled return of rising and of falling labels, from which the expected return follows. */
  mean_rise: finite,
  mean_fall: finite,
  importance: z.array(z.strictObject({ feature: z.string(), gain: finite, permutation: finite })),
  evaluation: evaluationSchema,
  warnings: z.array(z.string()),
});

export type Evaluation = z.output<typeof evaluationSchema>;

/** A trained model: plain data, complete for predicting and for telling how good it is. */
export type TrainedModel = z.output<typeof trainedModelSchema>;

const FORMAT = 'headroom-model';
const FORMAT_VERSION = 2;

/** A model at rest. `checksum` is the CRC-32 of the model's JSON, eight hexadecimal digits. */
export interface ModelDocument {
  readonly format: typeof FORMAT;
  readonly format_version: typeof FORMAT_VERSION;
  readonly checksum: string;
  readonly model: TrainedModel;
}

/**
 * The model as JSON text.
 *
 * The checksum finds accidents: a truncated file, a flipped bit, an edit by hand. It is CRC-32
 * rather than a cryptographic hash because this library stays free of platform modules and
 * forgery is not what it guards against; whoever can write the file can write its checksum.
 */
export function serialiseModel(model: TrainedModel): string {
  const document: ModelDocument = {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    checksum: crc32(JSON.stringify(model)),
    model,
  };
  return JSON.stringify(document);
}

const envelopeSchema = z.strictObject({
  format: z.literal(FORMAT),
  format_version: z.number(),
  checksum: z.string(),
  model: z.unknown(),
});

/**
 * The model that `serialiseModel` wrote.
 * @throws LearningError `MODEL_MALFORMED` (not JSON, not of this kind, fields missing or impossible),
 *   `MODEL_VERSION` (format or features of another version) or `MODEL_CHECKSUM`.
 */
export function parseModel(json: string): TrainedModel {
  let text: unknown;
  try {
    text = JSON.parse(json);
  } catch (cause) {
    throw new LearningError('MODEL_MALFORMED', 'The model is not JSON.', { cause });
  }
  const envelope = envelopeSchema.safeParse(text);
  if (!envelope.success) {
    throw new LearningError('MODEL_MALFORMED', `The file is no ${FORMAT} document.`, {
      cause: envelope.error,
    });
  }
  const { format_version: version, checksum, model } = envelope.data;
  if (version !== FORMAT_VERSION) {
    throw new LearningError(
      'MODEL_VERSION',
      `The model has format ${version}; this reads ${FORMAT_VERSION}.`,
    );
  }
  const found = crc32(JSON.stringify(model));
  if (found !== checksum) {
    throw new LearningError(
      'MODEL_CHECKSUM',
      `The model's checksum is ${found}, not ${checksum} as it says.`,
    );
  }
  const features = z.object({ feature_version: z.number() }).safeParse(model);
  if (features.success && features.data.feature_version !== FEATURE_VERSION) {
    throw new LearningError(
      'MODEL_VERSION',
      `The model knows features of version ${features.data.feature_version}; this computes ${FEATURE_VERSION}.`,
    );
  }
  const parsed = trainedModelSchema.safeParse(model);
  if (!parsed.success) {
    const where = parsed.error.issues[0]!;
    throw new LearningError('MODEL_MALFORMED', `The model's ${where.path.join('.')}: ${where.message}`, {
      cause: parsed.error,
    });
  }
  return parsed.data;
}
