export * from './auth.js';
export * from './backtests.js';
export * from './market-data.js';
export * from './predictions.js';
export * from './primitives.js';
export * from './problem.js';
export * from './system.js';
export * from './tasks.js';
