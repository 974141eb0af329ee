import { expect, test } from '@jest/globals';
import { StoredResultSources } from './stored-result-sources.js';

test('what a user stores is the sum over all features', async () => {
  const sources = new StoredResultSources();
  expect(await sources.storedBy('alice')).toEqual({ results: 0, files: [] });
  const source = (results: number, ...names: string[]) => {
    sources.register({
      storedBy: (userId) => Promise.resolve({ results, files: names.map((name) => `${userId}/${name}`) }),
    });
  };
  source(2, 'a', 'b');
  source(0, 'candles');
  source(3);
  expect(await sources.storedBy('bob')).toEqual({ results: 5, files: ['bob/a', 'bob/b', 'bob/candles'] });
});

test('a feature that cannot tell is an error, not nothing', async () => {
  const sources = new StoredResultSources();
  sources.register({ storedBy: () => Promise.reject(new Error('no database')) });
  await expect(sources.storedBy('alice')).rejects.toThrow('no database');
});
