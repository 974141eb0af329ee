import type {
  NodeRole,
  Resources,
  Role,
  TaskError,
  TaskStatus,
  Timeframe,
  WaitingTask,
} from '@app/contracts';
import { sql, type SQLWrapper } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Facts about the installation itself: the stream's epoch, whether the queue is paused, learned estimates. */
export const settings = pgTable('settings', {
  key: text().primaryKey(),
  value: jsonb().notNull(),
});

export const users = pgTable(
  'users',
  {
    userId: text('user_id').primaryKey(),
    username: text().notNull(),
    passwordHash: text('password_hash').notNull(),
    role: text().$type<Role>().notNull(),
    disabled: boolean().notNull().default(false),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('users_username').on(sql`lower(${table.username})`)],
);

/** One login: a family of refresh tokens of which only the newest is good. Only hashes are stored. */
export const logins = pgTable(
  'logins',
  {
    loginId: text('login_id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.userId, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull(),
    previousTokenHash: text('previous_token_hash'),
    rotatedAt: at('rotated_at').notNull().defaultNow(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    revokedAt: at('revoked_at'),
  },
  (table) => [index('logins_user').on(table.userId), index('logins_expiry').on(table.expiresAt)],
);

/** A ticket opens one event stream, once. */
export const streamTickets = pgTable('stream_tickets', {
  ticketHash: text('ticket_hash').primaryKey(),
  loginId: text('login_id')
    .notNull()
    .references(() => logins.loginId, { onDelete: 'cascade' }),
  expiresAt: at('expires_at').notNull(),
});

/** Who did what to whom, from where, when. Rows are only ever added. */
export const auditLog = pgTable('audit_log', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  at: at('at').notNull().defaultNow(),
  actorId: text('actor_id'),
  actor: text(),
  action: text().notNull(),
  target: text(),
  address: text(),
});

export type ShardStatus = 'queued' | 'running' | 'completed';

/** A task's whole life is one row; `src/queue/storage` alone writes it. */
export const tasks = pgTable(
  'tasks',
  {
    taskId: text('task_id').primaryKey(),
    sequence: bigserial({ mode: 'number' }).notNull(),
    taskType: text('task_type').notNull(),
    userId: text('user_id').notNull(),
    status: text().$type<TaskStatus>().notNull(),
    priority: integer().notNull().default(0),
    description: text().notNull().default(''),
    progress: doublePrecision(),
    payload: jsonb().$type<unknown>().notNull(),
    size: doublePrecision().notNull().default(1),
    cpuMillicores: integer('cpu_millicores').notNull(),
    ramMb: integer('ram_mb').notNull(),
    timeoutS: integer('timeout_s').notNull(),
    durable: boolean().notNull().default(true),
    queuedAt: at('queued_at').notNull(),
    notBefore: at('not_before'),
    startedAt: at('started_at'),
    completedAt: at('completed_at'),
    attempt: integer().notNull().default(0),
    maxAttempts: integer('max_attempts').notNull(),
    nodeId: text('node_id'),
    leaseExpiresAt: at('lease_expires_at'),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
    /** False for a function of a server process that takes no abort signal. */
    cancellable: boolean().notNull().default(true),
    /** What it is, for people: stays as it is while the description follows the progress. */
    subject: text().notNull().default(''),
    /** Digest of the payload and the code that its shards were cut by; null before they were. */
    shardFingerprint: text('shard_fingerprint'),
    floorRamMb: integer('floor_ram_mb'),
    runAfter: text('run_after'),
    /** W3C Trace Context of the request that asked for it, where traces are exported. */
    traceparent: text(),
    error: jsonb().$type<TaskError>(),
    cpuSeconds: doublePrecision('cpu_seconds'),
    peakRamMb: integer('peak_ram_mb'),
  },
  (table) => [
    // By the end, not by the status: with a constant status in a statement the planner may choose this index and read all
    // unfinished tasks, and every claim would have to write to all indexes.
    index('tasks_unfinished')
      .on(table.sequence)
      .where(sql`completed_at is null`),
    index('tasks_user').on(table.userId, table.sequence),
    index('tasks_sequence').on(table.sequence),
    index('tasks_completed')
      .on(table.completedAt)
      .where(sql`completed_at is not null`),
    index('tasks_run_after')
      .on(table.runAfter)
      .where(sql`run_after is not null`),
  ],
);

/** The attempts of a task that have ended; the one that runs is in the task's own row. */
export const taskAttempts = pgTable(
  'task_attempts',
  {
    taskId: text('task_id')
      .notNull()
      .references(() => tasks.taskId, { onDelete: 'cascade' }),
    attempt: integer().notNull(),
    nodeId: text('node_id'),
    startedAt: at('started_at'),
    endedAt: at('ended_at').notNull(),
    /** The transition that ended it, such as `complete` or `requeueLost`. */
    end: text().notNull(),
    error: jsonb().$type<TaskError>(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.attempt] })],
);

/** The shards of a sharded task, written when it is first claimed. */
export const taskShards = pgTable(
  'task_shards',
  {
    taskId: text('task_id')
      .notNull()
      .references(() => tasks.taskId, { onDelete: 'cascade' }),
    index: integer().notNull(),
    attempt: integer().notNull().default(1),
    status: text().$type<ShardStatus>().notNull().default('queued'),
    nodeId: text('node_id'),
    leaseExpiresAt: at('lease_expires_at'),
    /** Name of its result's file, once it has completed. */
    result: text(),
    memoryKills: integer('memory_kills').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.index] })],
);

/** A task at the head of the queue as one node sees it, with the sentence for admins and the one for other users. */
export type NodeWaitingTask = WaitingTask & { readonly wait_kind: string; readonly user_wait_reason: string };

/** The processes that share this database, each writing its own row while it lives. */
export const nodes = pgTable('nodes', {
  nodeId: text('node_id').primaryKey(),
  /** Of this process: a restarted node is another instance. */
  instance: text().notNull(),
  role: text().$type<NodeRole>().notNull(),
  version: text().notNull(),
  host: text().notNull(),
  startedAt: at('started_at').notNull(),
  lastSeenAt: at('last_seen_at').notNull(),
  resources: jsonb().$type<Resources>().notNull(),
  /** Why the tasks at the head of the queue do not start on this node. */
  waiting: jsonb().$type<NodeWaitingTask[]>().notNull(),
});

/** What the event stream said, in order; `Last-Event-ID` replays from here. */
export const taskEvents = pgTable(
  'task_events',
  {
    sequence: bigserial({ mode: 'number' }).primaryKey(),
    at: at('at').notNull(),
    type: text().notNull(),
    taskId: text('task_id').notNull(),
    userId: text('user_id').notNull(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (table) => [index('task_events_at').on(table.at)],
);

/** The first answer to a POST with an `Idempotency-Key`, kept 24 h. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    userId: text('user_id').notNull(),
    key: text().notNull(),
    requestHash: text('request_hash').notNull(),
    status: integer().notNull(),
    location: text(),
    // Text as it was sent: `jsonb` would put the fields in another order.
    body: json().$type<unknown>().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index('idempotency_keys_age').on(table.createdAt),
  ],
);

/** A digest of what decides a backtest's result in its request; an index is kept of it, so it must not change alone. */
export const sameRequestKey = (request: SQLWrapper) =>
  sql`md5((${request} - '{title,priority,cache}'::text[])::text)`;

/** A backtest or sweep: its request and its figures; curves and trades are in a file of `results/`. */
export const backtests = pgTable(
  'backtests',
  {
    backtestId: text('backtest_id').primaryKey(),
    userId: text('user_id').notNull(),
    title: text(),
    notes: text(),
    request: jsonb().$type<Record<string, unknown>>().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    sequence: bigserial({ mode: 'number' }).notNull(),
    summary: jsonb().$type<Record<string, unknown>>(),
  },
  (table) => [
    index('backtests_user').on(table.userId, table.sequence),
    // What an earlier run of the same request is found by.
    index('backtests_same_request').on(table.userId, sameRequestKey(table.request)),
  ],
);

export const models = pgTable(
  'models',
  {
    modelId: text('model_id').primaryKey(),
    userId: text('user_id').notNull(),
    symbol: text().notNull(),
    timeframe: text().notNull(),
    horizon: integer().notNull(),
    request: jsonb().$type<Record<string, unknown>>().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    sequence: bigserial({ mode: 'number' }).notNull(),
    startMs: bigint('start_ms', { mode: 'number' }).notNull(),
    endMs: bigint('end_ms', { mode: 'number' }).notNull(),
    summary: jsonb().$type<Record<string, unknown>>(),
  },
  (table) => [index('models_user').on(table.userId, table.sequence)],
);

export const predictions = pgTable(
  'predictions',
  {
    predictionId: text('prediction_id').primaryKey(),
    userId: text('user_id').notNull(),
    modelId: text('model_id'),
    request: jsonb().$type<Record<string, unknown>>().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    sequence: bigserial({ mode: 'number' }).notNull(),
    outcome: jsonb().$type<Record<string, unknown>>(),
  },
  (table) => [index('predictions_user').on(table.userId, table.sequence)],
);

/** Series that are kept fresh from an exchange; `userId` is who set it up and owns the data unless it is shared. */
export const marketDataSchedules = pgTable(
  'market_data_schedules',
  {
    scheduleId: text('schedule_id').primaryKey(),
    userId: text('user_id').notNull(),
    shared: boolean().notNull(),
    exchange: text().notNull(),
    symbol: text().notNull(),
    timeframe: text().$type<Timeframe>().notNull(),
    startMs: bigint('start_ms', { mode: 'number' }),
    everyMinutes: integer('every_minutes').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    nextRunAt: at('next_run_at').notNull(),
    lastImportId: text('last_import_id'),
  },
  (table) => [
    uniqueIndex('market_data_schedules_series')
      .on(table.userId, table.exchange, table.symbol, table.timeframe)
      .where(sql`not ${table.shared}`),
    uniqueIndex('market_data_schedules_shared_series')
      .on(table.exchange, table.symbol, table.timeframe)
      .where(sql`${table.shared}`),
    index('market_data_schedules_due').on(table.nextRunAt),
  ],
);
