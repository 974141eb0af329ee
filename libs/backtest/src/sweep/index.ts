export * from './overfitting.js';
export * from './ranking.js';
export * from './space.js';
export * from './walk-forward.js';
