/** Candles that a model is trained on when nobody names a span: two years of hours. */
export const trainingHistoryBars = 17_520;

/** Candles ahead that a prediction speaks about when nobody says. */
export const defaultHorizonBars = 24;
