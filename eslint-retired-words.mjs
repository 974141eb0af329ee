// Names and labels that the product no longer uses. `docs/glossary.md` has the terms to use in their place.

/** Identifiers. */
export const retiredNames = [
  ...[
    'AlsoWrite',
    'applyInTheEnd',
    'beaten$',
    'heard$',
    'isStill',
    'makeTogether',
    'ProcessTurn',
    'queried$',
  ],
  ...['RemovedUsers', 'showWaiting', 'SplitRun', 'tellDecision', 'timeQueries', 'UserRemoval'],
  ...['FirstReservations', 'neverFits', 'neverFitsReason', 'servedElsewhere'],
  ...[
    'addressRefusal',
    'Callers',
    'closeWorker',
    'GatheredLookup',
    'keepOutOfCaches',
    'lastWordIn',
    'Logins',
  ],
  ...[
    'mayBeLate',
    'MortalEngine',
    'nameRequest',
    'tidy',
    'tryAddress',
    'Turns',
    'unhurriedly',
    'unreachableReason',
  ],
  ...['upkeep', 'WindowCounts', 'wordOfEnd'],
  ...['EventHub', 'farewell', 'madeOnce', 'StreamTally', 'TaskStreams'],
  ...['breathEveryMs', 'RowFindings', 'RowIntake', 'RunChecks', 'runGrounds', 'sameSymbol', 'termsOf'],
  ...['BoostingWatch', 'callBelow', 'fitJudgedInterval', 'gapRows', 'ruinedAt', 'SoloBook', 'usualMove'],
  ...[
    'doomed',
    'hurry',
    'RequestRefused',
    'ServerAway',
    'useKeptDraft',
    'useLoaded',
    'useOffers',
    'vanished',
  ],
];

/** What the page no longer says. */
const retiredLabels = [
  ...['Answer from store', 'Between columns', 'Chance of a real Sharpe', 'Days to choose on', 'Fresh every'],
  ...['Judged on', 'Kept fresh', 'Left by', 'Let a parameter vary', 'Return a year', 'Rows that cannot be'],
  ...['This day is not in it any more', 'What it looks at', 'Where both have a candle', 'Whose'],
];

const pattern = `/^\\s*(${retiredLabels.join('|')})\\b/`;
const message = 'The page no longer uses this label; docs/glossary.md has the term to use.';

/** Selectors for `no-restricted-syntax`, and for `vue/no-restricted-syntax` in templates. */
export const labelsInCode = [{ selector: `Literal[value=${pattern}]`, message }];
export const labelsInTemplates = ['VText', 'VLiteral'].map((node) => ({
  selector: `${node}[value=${pattern}]`,
  message,
}));
