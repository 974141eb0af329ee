import { Injectable } from '@nestjs/common';
import { Scheduler, type SchedulerSnapshot } from '@app/scheduler';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { TaskEvents, type StoredTaskEvent } from '../domain/task-events.js';
import { TaskStore } from '../storage/task-store.js';

export const pausedSetting = 'queue_paused';
const learnedSetting = 'scheduler_learned';

/** What the scheduler knows beyond the queue: whether an admin has paused it, and what it has learned. */
@Injectable()
export class SchedulerState {
  #isPaused: boolean | null = null;

  constructor(
    private readonly config: Config,
    private readonly store: TaskStore,
    private readonly scheduler: Scheduler,
    private readonly events: TaskEvents,
    private readonly database: Database,
  ) {}

  get isPaused(): boolean {
    return this.#isPaused ?? false;
  }

  async setPaused(paused: boolean): Promise<void> {
    await this.store.writeSetting(pausedSetting, paused);
    this.#onPaused(paused);
  }

  /** Reads the setting, which another node may have changed. */
  async readPaused(): Promise<void> {
    this.#onPaused((await this.store.readSetting(pausedSetting)) === true);
  }

  /** Takes up what was learned before the last stop. */
  async restore(): Promise<void> {
    const learned = await this.store.readSetting(this.#learnedKey);
    if (learned !== null) this.scheduler.restore(learned as SchedulerSnapshot);
  }

  async save(): Promise<void> {
    await this.store.writeSetting(this.#learnedKey, this.scheduler.snapshot());
  }

  /** Charges users for what ran for them on other nodes. */
  onRemoteEvents(events: readonly StoredTaskEvent[]): void {
    for (const event of events) {
      if (event.type !== 'task_completed') continue;
      const { data, at } = event;
      if (data.started_at === null || data.node_id === this.config.nodeId) continue;
      const seconds = Math.max(0, (at.getTime() - Date.parse(data.started_at)) / 1000);
      const cores = data.estimated_cpu_cores * this.scheduler.policy.consumptionFactor;
      this.scheduler.recordRemoteUsage(data.user_id, seconds * cores);
    }
  }

  #onPaused(paused: boolean): void {
    const hasChanged = this.#isPaused !== null && this.#isPaused !== paused;
    this.#isPaused = paused;
    if (hasChanged) this.events.publish({ type: 'queue_state', paused });
  }

  /** What was learned is of one machine. */
  get #learnedKey(): string {
    return this.database.isShared ? `${learnedSetting}:${this.config.nodeId}` : learnedSetting;
  }
}
