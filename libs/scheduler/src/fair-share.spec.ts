import { expect, it } from '@jest/globals';
import { FairShare } from './fair-share.js';

it('halves the usage of each user per half-life', () => {
  const fairShare = new FairShare(600);
  fairShare.advance(0);
  fairShare.charge('anna', 100);
  fairShare.advance(600_000);
  expect(fairShare.usage('anna')).toBe(50);
});

it('keeps decaying when the clock was set back an hour before a restart', () => {
  const restarted = new FairShare(600);
  restarted.restore({ atMs: 3_600_000, coreSeconds: { anna: 100 } });
  restarted.advance(0);
  expect(restarted.usage('anna')).toBe(100);
  restarted.advance(600_000);
  expect(restarted.usage('anna')).toBe(50);
});

it('decays usage for the time that the server was stopped', () => {
  const restarted = new FairShare(600);
  restarted.restore({ atMs: 0, coreSeconds: { anna: 100 } });
  restarted.advance(600_000);
  expect(restarted.usage('anna')).toBe(50);
});
