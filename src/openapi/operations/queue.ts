import { identifier } from '@app/contracts';
import { z } from 'zod';
import { cancelledTaskExample, onePage, queueExample, taskExample, taskId, userId } from '../examples.js';
import type { Operations } from '../operation.js';
import { answers } from '../schemas.js';

const resourcesExample = {
  cpu: { total_cores: 8, available_cores: 6.4, usage_percent: 20, min_threshold_cores: 1.6 },
  ram: { total_gb: 16, available_gb: 12.5, usage_percent: 21.9, min_threshold_gb: 3.2 },
  buffer_percent: 20,
  pressure: { cpu: 0, memory: 0, io: 0.1 },
  limits: { cpu_source: 'cgroup-v2', ram_source: 'host' },
  reserved: { cpu_cores: 0.8, ram_gb: 0.4 },
};

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
    queryExample: { status: 'queued', task_type: 'backtest', user_id: userId, limit: 20 },
  },
  'GET /api/tasks/:task_id': {
    summary: 'One task',
    description: 'While it is queued, with its place, the reason why it waits and its expected start.',
    ...ofTask,
    answer: answers.Task,
    answerExample: taskExample,
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
      "A queued one is gone at once, a running one's process within 2 s. Cancelling twice is the same as once.",
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
    description: '`resources` is absent for everybody else.',
    answer: answers.SystemResources,
    answerExample: { resources: resourcesExample, queue: queueExample, is_admin: true },
  },
  'GET /api/system/queue': {
    summary: 'What runs and what waits',
    description:
      'Lists and counts hold the own tasks only, but for admins; `queue_position` is the place in the whole queue.',
    answer: answers.QueueStatus,
    answerExample: queueExample,
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
      '`Last-Event-ID` brings what was missed. Credentials: the Authorization header, or `?ticket=`, or `?token=`.',
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
