export * from './candles.js';
