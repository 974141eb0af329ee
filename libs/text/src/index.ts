export * from './storable-json.js';
export * from './text.js';
