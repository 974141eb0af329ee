import { sliceCandles } from '@app/backtest';
process.stdout.write(typeof sliceCandles);
