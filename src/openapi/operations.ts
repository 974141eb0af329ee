import type { Operations } from './operation.js';
import { accounts } from './operations/accounts.js';
import { backtests } from './operations/backtests.js';
import { marketData } from './operations/market-data.js';
import { predictions } from './operations/predictions.js';
import { queue } from './operations/queue.js';

/** What the document says of every route of this server; a test fails when one is missing or gone. */
export const operations: Operations = { ...accounts, ...queue, ...backtests, ...predictions, ...marketData };
