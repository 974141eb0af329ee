import type { TaskHandler, TaskPlugin } from '@app/tasks-sdk';
import { drawdownRequest, type DrawdownRequest } from './drawdown-odds.task.js';

const drawdownOdds: TaskHandler<DrawdownRequest> = {
  type: 'drawdown_odds',
  label: 'Drawdown odds',
  resources: { cpuCores: 1, ramGb: 0.2 },
  payload: drawdownRequest,
  size: ({ returns, runs }) => Math.max(1, (returns.length * runs) / 1e6),
  describe: ({ runs }) => `${runs} runs`,
  subject: ({ returns, runs }) => `Drawdown odds of ${returns.length} trades · ${runs} runs`,
  entry: new URL('./drawdown-odds.task.js', import.meta.url),
  submittable: true,
};

const plugin: TaskPlugin = { handlers: [drawdownOdds] };
export default plugin;
