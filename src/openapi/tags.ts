/** What the routes below the first part of a path are about. */
export const tagDescriptions: Readonly<Record<string, string>> = {
  auth: 'Signing in and out, and the own account',
  users: 'The accounts, for admins',
  audit: 'What was done to accounts and logins, for admins',
  tasks: 'Everything that runs, waits or has ended, whatever asked for it',
  system: 'The machine, the queue and the live event stream',
  backtests: 'Strategies on past candles: single runs and sweeps over their parameters',
  predictions: 'Models, how good they are, and what they say of the candles to come',
  'market-data': 'Candles: what there is, and how more of it comes',
  health: 'Probes, which need no token',
  metrics: 'Figures for Prometheus',
  'openapi.json': 'This document',
};
