import { styleText } from 'node:util';
import type { Task } from '@app/contracts';
import { isFinished } from './demo-user.js';
import type { BacktestReport, PostedBacktest } from './posted-backtest.js';
import type { Check } from './isolation.js';
import { fit } from './text-width.js';

/** Shows how the posted backtests get on. */
export interface Display {
  say(line: string): void;
  /** Something has changed. */
  update(posted: readonly PostedBacktest[]): void;
  /** The last state is shown and stays. */
  finish(posted: readonly PostedBacktest[]): void;
}

const barColumns = 20;
const redrawMs = 100;

type Style = Parameters<typeof styleText>[0];

/** One table that is drawn over itself, for a terminal. */
export class TableDisplay implements Display {
  #drawnLines = 0;
  #drawnAt = 0;
  #pending: NodeJS.Timeout | null = null;

  constructor(private readonly out: NodeJS.WriteStream) {}

  say(line: string): void {
    this.out.write(`${line}\n`);
  }

  update(posted: readonly PostedBacktest[]): void {
    if (posted.length === 0) return;
    this.#pending ??= setTimeout(
      () => {
        this.#draw(posted);
      },
      Math.max(0, this.#drawnAt + redrawMs - Date.now()),
    );
  }

  finish(posted: readonly PostedBacktest[]): void {
    if (this.#pending) clearTimeout(this.#pending);
    this.#draw(posted);
    this.#drawnLines = 0;
  }

  #draw(posted: readonly PostedBacktest[]): void {
    this.#pending = null;
    this.#drawnAt = Date.now();
    const columns = Math.max(60, this.out.columns || 100) - 1;
    const room = Math.max(5, (this.out.rows || 40) - 3);
    const shown = posted.length <= room ? posted : mostTelling(posted).slice(0, room - 1);
    const lines = [...shown.map((one) => rowOf(one, columns)), countsOf(posted)];
    const back = this.#drawnLines > 0 ? `\u001b[${this.#drawnLines}A\u001b[J` : '';
    this.out.write(`${back}${lines.join('\n')}\n`);
    this.#drawnLines = lines.length;
  }
}

/** One line for each step, for files and pipes. */
export class LineDisplay implements Display {
  readonly #said = new Map<string, string>();

  constructor(private readonly out: NodeJS.WritableStream) {}

  say(line: string): void {
    this.out.write(`${line}\n`);
  }

  update(posted: readonly PostedBacktest[]): void {
    for (const one of posted) {
      const { task } = one;
      if (task === null) continue;
      const step = task.status === 'running' ? phaseOf(task) : `${task.status} ${task.queue_position ?? ''}`;
      if (this.#said.get(one.id) === step) continue;
      this.#said.set(one.id, step);
      this.say(`${new Date().toISOString().slice(11, 19)} ${labelOf(one)} ${stateText(task)}`);
    }
  }

  finish(posted: readonly PostedBacktest[]): void {
    this.update(posted);
    this.say(countsOf(posted));
  }
}

/** Says nothing, for `--json`. */
export const silentDisplay: Display = {
  say: () => undefined,
  update: () => undefined,
  finish: () => undefined,
};

/** The results, one line a backtest. */
export function resultTable(reports: readonly BacktestReport[]): string {
  const head = ['user', 'strategy', 'symbol', 'status', 'return', 'trades', 'waited', 'ran'];
  const rows = reports.map((report) => [
    report.user,
    report.strategy,
    report.symbol,
    report.adds_up === false ? `${report.status}, does not add up` : report.status,
    report.total_return === null ? '' : percent(report.total_return),
    report.trades === null ? '' : String(report.trades),
    report.queued && report.waited_s !== null ? `${report.waited_s.toFixed(1)} s` : '',
    report.duration_s === null ? '' : `${report.duration_s.toFixed(1)} s`,
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i < 4 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  const errors = reports.filter(({ error }) => error !== null).map((r) => `  ${r.backtest_id}: ${r.error!}`);
  return [line(head), ...rows.map(line), ...errors].join('\n');
}

export function checkLines(checks: readonly Check[]): string {
  return checks.map(({ user, what, ok }) => `${ok ? '✅' : '❌'} ${user}: ${what}`).join('\n');
}

function rowOf(one: PostedBacktest, columns: number): string {
  const { task } = one;
  const label = labelOf(one);
  const rest = columns - label.length - barColumns - 3;
  const bar =
    task?.status === 'queued' ? fit(`#${task.queue_position ?? '?'} in queue`, barColumns) : barOf(task);
  return `${label} ${styled(styleOf(task), bar)} ${fit(task ? textOf(task) : '', rest)}`;
}

function labelOf({ user, plan }: PostedBacktest): string {
  return `${fit(user.name, 9)} ${fit(plan.strategy, 16)} ${fit(plan.symbol, 9)}`;
}

function barOf(task: Task | null): string {
  const progress = task?.status === 'completed' ? 1 : (task?.progress ?? 0);
  const filled = Math.round(progress * barColumns);
  return '█'.repeat(filled) + '░'.repeat(barColumns - filled);
}

function textOf(task: Task): string {
  if (task.status === 'queued') return task.wait_reason ?? '';
  if (task.error !== null) return `❌ ${task.error.code}: ${task.error.message}`;
  return task.description;
}

function stateText(task: Task): string {
  const place = task.queue_position === null ? '' : ` #${task.queue_position}`;
  return `${task.status}${place} ${textOf(task)}`.trimEnd();
}

/** A running task's description without its figures: the word changes when the phase does. */
function phaseOf(task: Task): string {
  return task.description.replace(/\d+/g, '');
}

function styleOf(task: Task | null): Style {
  switch (task?.status) {
    case undefined:
    case 'queued':
      return 'yellow';
    case 'running':
      return 'cyan';
    case 'completed':
      return 'green';
    case 'failed':
    case 'cancelled':
      return 'red';
  }
}

function styled(style: Style, text: string): string {
  return process.env.NO_COLOR ? text : styleText(style, text);
}

function countsOf(posted: readonly PostedBacktest[]): string {
  const count = (status: string) => posted.filter(({ task }) => task?.status === status).length;
  const finished = posted.filter(({ task }) => task !== null && isFinished(task)).length;
  return `${count('running')} running, ${count('queued')} queued, ${finished} of ${posted.length} finished`;
}

/** What runs before what waits before what is over. */
function mostTelling(posted: readonly PostedBacktest[]): PostedBacktest[] {
  const rank = ({ task }: PostedBacktest) => {
    if (task === null || task.status === 'queued') return 1;
    return task.status === 'running' ? 0 : 2;
  };
  return [...posted].sort(
    (a, b) => rank(a) - rank(b) || (a.task?.queue_position ?? 0) - (b.task?.queue_position ?? 0),
  );
}

function percent(fraction: number): string {
  return `${fraction < 0 ? '-' : '+'}${Math.abs(fraction * 100).toFixed(2)}%`;
}
