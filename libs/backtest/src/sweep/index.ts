export * from './overfitting.js';
export * from './ranking.js';
export * from './space.js';
export * from './sweep-part.js';
export * from './sweep-summary.js';
export * from './walk-forward.js';
