import { Subject } from 'rxjs';
import type { Database } from '../../database/database.js';
import type { SessionQueries } from '../../database/queries.js';
import { queryPrepared } from '../../database/prepared-statement.js';
import type { StoredTaskEvent, TaskEvents } from '../domain/task-events.js';
import { channels } from './channels.js';
import type { TaskReads } from './task-reads.js';
import type { EventDraft } from './task-writes.js';

const maxCaughtUp = 1000;

/**
 * Stores events and publishes them in the order of their sequence, those of other nodes between this node's.
 *
 * Its methods must not overlap: the write queue calls them one after another.
 */
export class EventLog {
  readonly #local = new Subject<readonly StoredTaskEvent[]>();
  readonly #remote = new Subject<readonly StoredTaskEvent[]>();
  /** Sequence of the last event that was published here; null before `begin`. */
  #published: number | null = null;

  readonly localEvents$ = this.#local.asObservable();
  readonly remoteEvents$ = this.#remote.asObservable();

  constructor(
    private readonly database: Database,
    private readonly reads: TaskReads,
    private readonly events: TaskEvents,
    private readonly nodeId: string,
  ) {}

  /** From here on events are published; what was stored before is history. */
  async begin(): Promise<void> {
    this.#published = await this.reads.lastSequence();
  }

  /** Stores events in the order given, within a transaction that holds the lock of events. */
  async store(queries: SessionQueries, drafts: readonly EventDraft[]): Promise<StoredTaskEvent[]> {
    if (drafts.length === 0) return [];
    const numbered = JSON.stringify(drafts.map((draft, n) => ({ ...draft, n })));
    const { isShared } = this.database;
    const rows = await queryPrepared<{ sequence: string; at: Date }>(
      queries,
      `with stored as (
        insert into task_events (at, type, task_id, user_id, data)
          select now(), type, "taskId", "userId", data from jsonb_to_recordset($1::jsonb)
            as e(n int, type text, "taskId" text, "userId" text, data jsonb)
          order by n
          returning sequence, at
      )
      select sequence, at ${isShared ? ', pg_notify($2, $3)' : ''} from stored order by sequence`,
      [numbered, ...(isShared ? [channels.events, this.nodeId] : [])],
    );
    return drafts.map(({ type, userId, data }, n) => {
      const { sequence, at } = rows[n]!;
      return {
        type,
        sequence: Number(sequence),
        at,
        userId,
        data,
      } as unknown as StoredTaskEvent;
    });
  }

  /** Publishes what was just committed, after what others have stored before it. */
  async publish(stored: readonly StoredTaskEvent[]): Promise<void> {
    const [first] = stored;
    if (first === undefined) return;
    const isNext = this.#published === null || first.sequence === this.#published + 1;
    if (isNext || (await this.publishMissed(first.sequence - 1))) {
      for (const event of stored) this.events.publish(event);
      this.#published = stored.at(-1)!.sequence;
    }
    this.#local.next(stored);
  }

  /**
   * Publishes events up to a sequence number that were not published here.
   *
   * @returns false when they cannot be read now; the next call finds them
   */
  async publishMissed(upTo = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    if (this.#published === null) return true;
    try {
      for (;;) {
        const after: number = this.#published;
        const found = await this.reads.eventsAfter({ after, userId: null, limit: maxCaughtUp });
        const missed = found.filter(({ sequence }) => sequence <= upTo);
        if (missed.length === 0) return true;
        for (const event of missed) this.events.publish(event);
        this.#published = missed.at(-1)!.sequence;
        this.#remote.next(missed);
        if (missed.length < maxCaughtUp) return true;
      }
    } catch {
      return false;
    }
  }
}
