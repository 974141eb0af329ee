import type { ChartOptions, DeepPartial } from 'lightweight-charts';

/** A colour of styles.css as it is now. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function chartOptions(): DeepPartial<ChartOptions> {
  const line = colour('line');
  return {
    autoSize: true,
    layout: {
      background: { color: colour('surface') },
      textColor: colour('muted'),
      fontFamily: getComputedStyle(document.body).fontFamily,
      panes: { separatorColor: line, enableResize: false },
    },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    rightPriceScale: { borderColor: line, minimumWidth: 80 },
    timeScale: { borderColor: line, timeVisible: true, secondsVisible: false, minBarSpacing: 0.02 },
    localization: { locale: navigator.language },
  };
}
