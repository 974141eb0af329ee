import { mergeConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import page from './vite.config.ts';

export default mergeConfig(
  page,
  defineConfig({
    test: { environment: 'happy-dom', include: ['src/**/*.spec.ts'], maxWorkers: 1, testTimeout: 30_000 },
  }),
);
