import { type Calibration, isSilent } from './calibration.js';

export type Direction = 'up' | 'down' | 'neutral';

/** Probabilities this close to ½ name no direction. */
const NEUTRAL_HALF_WIDTH = 0.01;

/** The word for a probability of rising; a calibration without evidence is always neutral. */
export function directionOf(probability: number, calibration: Calibration): Direction {
  if (isSilent(calibration) || Math.abs(probability - 0.5) < NEUTRAL_HALF_WIDTH) return 'neutral';
  return probability > 0.5 ? 'up' : 'down';
}
