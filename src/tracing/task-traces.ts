import { Injectable } from '@nestjs/common';
import { SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { endLabel } from '../queue/domain/attempt-outcome.js';
import {
  ExecutionEvents,
  type AttemptSettled,
  type ProcessEvent,
} from '../queue/execution/execution-events.js';
import {
  AdmissionDecisions,
  reasonOf,
  type DecidedTaskRow,
  type TaskDecision,
} from '../queue/scheduling/admission-decisions.js';
import { contextOf, tracer } from '../telemetry/trace-context.js';

/**
 * What becomes of a task, as spans below the request that asked for it:
 *
 * - `admission`, when it arrives: what was decided, and the machine's figures then;
 * - `wait`, when it starts after it was queued: from its submission, and why it may start now;
 * - `process`, for each process that worked on it: from its start until it was gone;
 * - `result`: from there until the end was stored.
 *
 * Each is made when it is over, by the node that saw it, from times that are known then. So nothing is held open
 * that a crash would lose, and spans of one task may come from several nodes.
 */
@Injectable()
export class TaskTraces {
  constructor(decisions: AdmissionDecisions, execution: ExecutionEvents) {
    decisions.admissionDecisions$.subscribe((decision) => {
      traceDecision(decision);
    });
    execution.processLifecycle$.subscribe((event) => {
      if (event.end !== null) traceProcess(event, event.end);
    });
    execution.attemptSettled$.subscribe((settled) => {
      traceResult(settled);
    });
  }
}

function traceDecision(decided: TaskDecision): void {
  const { row, submittedAtMs, waited, started, decision } = decided;
  span(waited ? 'wait' : 'admission', row, submittedAtMs, {
    attributes: {
      'headroom.decision': started ? 'admitted' : 'refused',
      'headroom.reason': reasonOf(decided),
      ...(!decision.admitted && { 'headroom.refusal': decision.reason }),
      'headroom.available.cpu_cores': decision.available.cpuMillicores / 1000,
      'headroom.available.ram_mb': decision.available.ramMb,
      'headroom.predicted.cpu_cores': decision.predicted.cpuMillicores / 1000,
      'headroom.predicted.ram_mb': decision.predicted.ramMb,
      'headroom.minimum_free.cpu_cores': decision.threshold.cpuMillicores / 1000,
      'headroom.minimum_free.ram_mb': decision.threshold.ramMb,
    },
  });
}

function traceProcess(
  { row, shard, startedAtMs }: ProcessEvent,
  end: NonNullable<ProcessEvent['end']>,
): void {
  const use = 'use' in end ? end.use : undefined;
  span('process', row, startedAtMs, {
    attributes: {
      'headroom.end': endLabel(end),
      ...(shard !== null && { 'headroom.shard': shard }),
      ...(use && { 'headroom.cpu_seconds': use.cpuSeconds, 'headroom.peak_ram_mb': use.peakRamMb }),
    },
    workBeganAtMs: use?.loadedAtMs ?? null,
    error: end.type === 'failed' ? end.error.code : end.type === 'killed' ? 'killed' : null,
  });
}

function traceResult({ before, after, endedAtMs }: AttemptSettled): void {
  span('result', before, endedAtMs, {
    attributes: { 'headroom.status': after.status },
    error: after.error?.code ?? null,
  });
}

function span(
  name: string,
  row: Pick<DecidedTaskRow, 'taskId' | 'taskType' | 'attempt' | 'traceparent'>,
  startTime: number,
  more: { attributes: Attributes; workBeganAtMs?: number | null; error?: string | null },
): void {
  const { attributes, workBeganAtMs = null, error = null } = more;
  const made = tracer.startSpan(
    name,
    {
      startTime,
      attributes: {
        'headroom.task_id': row.taskId,
        'headroom.task_type': row.taskType,
        'headroom.attempt': row.attempt,
        ...attributes,
      },
    },
    contextOf(row.traceparent),
  );
  if (workBeganAtMs !== null) made.addEvent('work began', workBeganAtMs);
  if (error !== null) {
    made.setAttribute('error.type', error);
    made.setStatus({ code: SpanStatusCode.ERROR });
  }
  // Clocks of two nodes may differ: never before it began.
  made.end(Math.max(startTime, Date.now()));
}
