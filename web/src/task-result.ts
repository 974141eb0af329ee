import type { RouteLocationRaw } from 'vue-router';
import type { Task } from '@app/contracts';

export interface ResultLink {
  readonly to: RouteLocationRaw;
  readonly text: string;
}

/** The page of what a task makes; null for types that a plug-in has registered. */
export function resultLink({
  task_id: id,
  task_type,
}: Pick<Task, 'task_id' | 'task_type'>): ResultLink | null {
  switch (task_type) {
    case 'backtest':
      return { to: { name: 'backtest', params: { id } }, text: 'Result' };
    case 'optimization':
      return { to: { name: 'backtest', params: { id } }, text: 'Sweep' };
    case 'model_training':
      return { to: { name: 'model', params: { id } }, text: 'Model' };
    case 'prediction':
      return { to: { name: 'prediction', params: { id } }, text: 'Prediction' };
    case 'data_import':
      return { to: { name: 'import', params: { id } }, text: 'Report' };
    default:
      return null;
  }
}
