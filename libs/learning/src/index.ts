export { minimumRows, TrainabilityScan } from './check-trainable.js';
export type { ModelKind } from './direction.js';
export { LearningError, type LearningErrorCode } from './errors.js';
export type { Direction } from './evaluation/direction-word.js';
export { EDGE, NO_EDGE } from './evaluation/verdict.js';
export type { Feature } from './features/feature.js';
export { FEATURE_VERSION, FEATURES, WARM_UP_BARS } from './features/registry.js';
export {
  type Evaluation,
  evaluationSchema,
  type ModelDocument,
  parseModel,
  serialiseModel,
  type TrainedModel,
} from './model-document.js';
export { type TrainingParams, type TrainingParamsInput, trainingParamsSchema } from './params.js';
export { assertModelFits, type LatestPrediction, predictLatest, predictSeries } from './predict.js';
export { trainModel, type TrainingProgress, type TrainingRequest } from './train-model.js';
export {
  walkForwardProbabilities,
  type WalkForwardProgress,
  type WalkForwardRequest,
} from './walk-forward-probabilities.js';
export { areaUnderCurve } from './evaluation/metrics.js';
export { boost, type Boosted, type BoostingParams, type BoostingRequest } from './trees/boosting.js';
export { scoreRows } from './trees/ensemble.js';
export { logLossObjective } from './trees/objective.js';
