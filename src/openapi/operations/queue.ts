import { identifier } from '@app/contracts';
import { z } from 'zod';
import {
  cancelledTaskExample,
  endedTaskExample,
  onePage,
  queueExample,
  taskDetailExample,
  taskExample,
  taskId,
  userId,
} from '../examples.js';
import type { Operations } from '../operation.js';
import { answers } from '../schemas.js';

const resourcesExample = {
  cpu: { total_cores: 8, available_cores: 6.4, usage_percent: 20, min_threshold_cores: 1.6 },
  ram: { total_gb: 16, available_gb: 12.5, usage_percent: 21.9, min_threshold_gb: 3.2 },
  buffer_percent: 20,
  pressure: { cpu: 0, memory: 0, io: 0.1 },
  limits: { cpu_source: 'cgroup-v2', ram_source: 'host' },
  reserved: { cpu_cores: 0.8, ram_gb: 0.4 },
  mode: 'production',
  consumption_factor: 0.8,
};

const bulkExample = {
  matched: 3,
  done: 2,
  skipped: [{ task_id: taskId, code: 'TASK_FINISHED' }],
};

const bulkDescription =
  'Those with the given ids, or those that the filters match. Of all that match the 1,000 that were submitted first ' +
  'are done; `matched` is the total. A task that cannot be changed is skipped, with the code that the command for it ' +
  'alone would answer; an id that is unknown or of another user is NOT_FOUND. Users reach only their own tasks.';

const ofTask = {
  pathParams: z.strictObject({
    task_id: identifier.describe(
      'the task_id of a task; a backtest, model, prediction or import has the same id',
    ),
  }),
  pathExample: { task_id: taskId },
};

/** Tasks and the system. */
export const queue: Operations = {
  'GET /api/tasks': {
    summary: 'The history of tasks, newest first',
    description:
      'Waiting, running and finished ones: those of all users for admins, the own ones for everybody else.',
    answer: answers.TaskPage,
    answerExample: onePage(taskExample),
    queryExample: {
      status: 'queued',
      task_type: 'backtest',
      user_id: userId,
      q: 'SmaCross',
      since: '2026-01-05',
      until: '2026-01-06',
      limit: 20,
    },
  },
  'POST /api/tasks/cancel': {
    summary: 'Cancel many tasks',
    description: `${bulkDescription} Without \`status\` the filters mean queued and running tasks.`,
    answer: answers.BulkResult,
    answerExample: bulkExample,
    requestExample: { status: 'queued', task_type: 'backtest' },
  },
  'POST /api/tasks/retry': {
    summary: 'Retry many tasks',
    description: `${bulkDescription} Without \`status\` the filters mean failed and cancelled tasks.`,
    answer: answers.BulkResult,
    answerExample: bulkExample,
    requestExample: { task_ids: [taskId] },
  },
  'GET /api/tasks/:task_id': {
    summary: 'One task',
    description:
      'With the attempts at it; while it is queued, with its place, the reason why it waits and its expected start.',
    ...ofTask,
    answer: answers.TaskDetail,
    answerExample: taskDetailExample,
  },
  'GET /api/tasks/:task_id/log': {
    summary: "What a task's processes printed",
    description:
      'Standard output and standard error of one attempt, the last 256 KB of all its processes together; the lines of ' +
      'a shard begin with its number. Credentials are removed and control characters escaped. Empty where nothing ' +
      'was printed. The log goes with the task and with its user.',
    ...ofTask,
    queryExample: { attempt: 1 },
    answer: { mediaType: 'text/plain', schema: z.string() },
    answerExample: 'Loaded 744 candles\n',
  },
  'POST /api/tasks': {
    summary: 'Submit a task of a type that a plug-in offers',
    description:
      'The payload is checked by the type. Backtests, models, predictions and imports have routes that create their tasks.',
    answer: answers.TaskAccepted,
    answerExample: {
      status: 'queued',
      task_id: taskId,
      message: 'Drawdown odds queued. Check Status Center for progress.',
    },
    requestExample: { task_type: 'drawdown_odds', payload: { returns: [0.02, -0.01, 0.015] } },
    problems: ['UNKNOWN_TASK_TYPE'],
  },
  'GET /api/tasks/:task_id/result': {
    summary: 'The result of a task of a type that a plug-in offers',
    description:
      'JSON, as the type defines it. Tasks of other types have their results elsewhere: `result_url` says where.',
    ...ofTask,
    answer: z.unknown(),
    answerExample: { median: 0.12 },
    problems: ['TASK_HAS_NO_RESULT', 'RESULT_MISSING', 'RESULT_UNREADABLE'],
  },
  'POST /api/tasks/:task_id/cancel': {
    summary: 'Cancel a task',
    ...ofTask,
    description:
      'A queued one is gone at once, the processes of a running one stop within 2 s. Finished shards of a sweep may be ' +
      'reduced for at most 30 s before it ends. Cancelling twice is the same as once.',
    answer: answers.Task,
    answerExample: cancelledTaskExample,
    problems: ['TASK_FINISHED', 'TASK_NOT_CANCELLABLE', 'TASK_CHANGING'],
  },
  'POST /api/tasks/:task_id/retry': {
    summary: 'Run a failed or cancelled task once more, as its next attempt',
    description:
      'Under the same id. It queues anew, and gets this attempt even when all that it had are used up.',
    ...ofTask,
    answer: answers.Task,
    answerExample: { ...taskExample, attempt: 2 },
    problems: ['TASK_NOT_RETRYABLE', 'TASK_CHANGING', 'QUEUE_FULL'],
  },
  'POST /api/tasks/:task_id/end': {
    summary: 'End a running task whose process cannot be reached',
    description:
      'It has failed as ENDED_BY_ADMIN from then on, and what it reserved is freed: at once on this node, within some ' +
      'seconds on another one. A task whose process can be reached is cancelled instead.',
    ...ofTask,
    answer: answers.Task,
    answerExample: endedTaskExample,
    problems: ['TASK_FINISHED', 'TASK_NOT_RUNNING', 'TASK_CHANGING'],
  },
  'PATCH /api/tasks/:task_id': {
    summary: 'Move a queued task',
    description: 'By its priority, while it waits.',
    ...ofTask,
    answer: answers.Task,
    answerExample: { ...taskExample, priority: -5 },
    requestExample: { priority: -5 },
    problems: ['TASK_NOT_QUEUED', 'PRIORITY_TOO_HIGH', 'TASK_CHANGING'],
  },
  'GET /api/system/resources': {
    summary: 'The machine, for admins, and the queue',
    description: '`resources` is absent for everybody else. The lists of the queue come page by page.',
    answer: answers.SystemResources,
    answerExample: { resources: resourcesExample, queue: queueExample, is_admin: true },
  },
  'GET /api/system/queue': {
    summary: 'What runs and what waits',
    description:
      'Lists and counts hold the own tasks only, but for admins; `queue_position` is the place in the whole queue. ' +
      'The counts are those of all tasks, the lists come page by page: `next_cursor` leads to the next page of both.',
    queryExample: { limit: 200 },
    answer: answers.QueueStatus,
    answerExample: queueExample,
  },
  'GET /api/system/summary': {
    summary: 'How many tasks there are of each status',
    description: 'Of the own tasks; for admins of all tasks and of those of each user.',
    answer: answers.SystemSummary,
    answerExample: {
      counts: { queued: 3, running: 2, completed: 40, failed: 1, cancelled: 0 },
      by_user: [
        { user_id: userId, counts: { queued: 3, running: 2, completed: 40, failed: 1, cancelled: 0 } },
      ],
    },
  },
  'GET /api/system/nodes': {
    summary: 'The processes of this installation',
    description:
      'What each is, what its machine has and what runs on it; with the embedded database there is one.',
    answer: answers.NodeList,
    answerExample: {
      items: [
        {
          node_id: 'alpha',
          role: 'all',
          version: '0.2.0',
          host: 'alpha',
          alive: true,
          started_at: '2026-01-05T09:00:00.000Z',
          last_seen_at: '2026-01-05T10:00:00.000Z',
          resources: resourcesExample,
          running_tasks: [],
        },
      ],
    },
  },
  'GET /api/system/task-events': {
    summary: 'The live event stream',
    description:
      'Server-sent events without an `event:` field; the schema is that of the JSON in each `data:` line. ' +
      '`Last-Event-ID`, or `?last_event_id=`, brings what was missed. Credentials: the Authorization header, or ' +
      '`?ticket=`, or `?token=`.',
    queryExample: { last_event_id: '5b1e9c-42' },
    answer: { mediaType: 'text/event-stream', schema: answers.TaskEvent },
    answerExample:
      'id: 5b1e9c-42\ndata: {"type":"task_description_update","timestamp":"2026-01-05T10:00:01.000Z",' +
      '"data":{"task_id":"95e8645e-02d2-4eaf-9650-2bf36d6e8669","description":"day 15 of 30","progress":0.5}}\n\n',
  },
  'POST /api/system/queue/pause': {
    summary: 'Start no more tasks',
    description: 'What runs goes on. Survives a restart.',
    answer: answers.QueuePause,
    answerExample: { paused: true },
  },
  'POST /api/system/queue/resume': {
    summary: 'Start tasks again',
    description: 'After a pause; without one nothing changes.',
    answer: answers.QueuePause,
    answerExample: { paused: false },
  },
  'GET /api/health/live': {
    summary: 'The process answers',
    description: 'Looks at nothing else: for a probe that restarts what hangs.',
    answer: answers.Liveness,
    answerExample: { status: 'up' },
  },
  'GET /api/health/ready': {
    summary: 'The node can do its work',
    description:
      'For a probe that decides where requests go. A part that cannot work is `down`, and the answer 503.',
    answer: answers.Readiness,
    answerExample: { status: 'up', database: 'up', worker: 'up', monitor: 'up' },
    alsoWith: { 503: 'a part of it cannot; each is named' },
  },
  'GET /metrics': {
    summary: "The node's metrics, for Prometheus",
    description:
      "For an admin's token, or the METRICS_TOKEN of the server's configuration. docs/operations.md lists them.",
    answer: { mediaType: 'text/plain', schema: z.string() },
    answerExample: '# TYPE headroom_streams gauge\nheadroom_streams 2\n',
  },
  'GET /api/openapi.json': {
    summary: 'This document',
    description:
      'Of the routes that this server has, those of plug-in modules included. `/api/docs` shows it.',
    answer: answers.OpenApiDocument,
    answerExample: { openapi: '3.1.0', paths: {} },
  },
};
