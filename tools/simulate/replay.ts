import type { QueuedTask } from '@app/scheduler';
import { requestOf } from './dispatchers.js';
import type { Dispatcher, Trigger } from './dispatchers.js';
import { FairnessMeter } from './fairness.js';
import type { TraceTask, Workload } from './trace.js';
import { VirtualMachine } from './virtual-machine.js';
import type { VirtualTask } from './virtual-machine.js';

/** Seconds after the last submission at which a replay is stopped. */
const MAX_DRAIN_S = 6 * 3600;
/** RAM of the next attempt, as a factor on the peak at which the machine killed the last one. */
const RETRY_OVER_PEAK = 1.3;

/** One submission with its start and end, in seconds. */
export interface TaskRecord {
  readonly spec: TraceTask;
  /** Start of the attempt that finished, else of the last attempt. */
  startedS: number | null;
  endedS: number | null;
}

export interface ReplayLog {
  readonly records: readonly TaskRecord[];
  readonly endS: number;
  readonly peakCpuRatio: number;
  readonly peakRamRatio: number;
  readonly ooms: number;
  readonly guardKills: number;
  readonly jain: number | null;
}

/**
 * Replays a workload on a virtual machine of `cores` and `ramGb` under a dispatcher.
 *
 * Time jumps from event to event: submissions, ends, changes of the external use, and a sample each second. A task
 * killed for memory loses its work and goes back to the queue.
 */
export function replay(workload: Workload, cores: number, ramGb: number, dispatcher: Dispatcher): ReplayLog {
  const { tasks, external } = workload;
  const machine = new VirtualMachine(cores, ramGb);
  const records: TaskRecord[] = tasks.map((spec) => ({ spec, startedS: null, endedS: null }));
  const recordOf = (id: string): TaskRecord => records[Number(id)]!;
  const fairness = new FairnessMeter(cores);
  const giveUpS = (tasks.at(-1)?.at_s ?? 0) + MAX_DRAIN_S;

  let queued: QueuedTask[] = [];
  const specsById = new Map<string, QueuedTask>();
  let nowS = 0;
  let nextTask = 0;
  let nextExternal = 0;
  let nextSampleS = 0;
  let peakCpuRatio = 0;
  let peakRamRatio = 0;
  let ooms = 0;
  let guardKills = 0;

  const measured = (task: VirtualTask, succeeded: boolean) => ({
    cpuSeconds: task.doneS,
    peakRamMb: Math.ceil(task.peakRamMb),
    succeeded,
  });
  const backToQueue = (task: VirtualTask, floorRamMb: number): void => {
    machine.remove(task.id);
    dispatcher.recordEnd(task.id, nowS * 1000, measured(task, false));
    queued = [...queued, { ...specsById.get(task.id)!, floorRamMb }].sort((a, b) => a.sequence - b.sequence);
  };

  while (nextTask < tasks.length || queued.length > 0 || machine.running.size > 0) {
    nowS = Math.min(
      tasks[nextTask]?.at_s ?? Infinity,
      external[nextExternal]?.at_s ?? Infinity,
      nextSampleS,
      machine.nextEndS(),
    );
    if (nowS > giveUpS) break;
    fairness.advance(nowS, queued.length > 0);
    machine.advance(nowS, ({ spec }, coreSeconds) => fairness.serve(spec.user, coreSeconds));
    let trigger: Trigger | null = null;

    for (const task of machine.finished()) {
      machine.remove(task.id);
      dispatcher.recordEnd(task.id, nowS * 1000, measured(task, true));
      recordOf(task.id).endedS = nowS;
      fairness.leave(task.id, nowS);
      trigger = 'end';
    }
    for (
      let line = external[nextExternal];
      line !== undefined && line.at_s <= nowS;
      line = external[++nextExternal]
    ) {
      machine.setExternal(line.cpu_cores, line.ram_gb);
    }
    peakCpuRatio = Math.max(peakCpuRatio, machine.cpuRatio);
    peakRamRatio = Math.max(peakRamRatio, machine.ramRatio);
    for (let victim = machine.outOfMemoryVictim(); victim !== null; victim = machine.outOfMemoryVictim()) {
      ooms++;
      backToQueue(victim, Math.ceil(victim.peakRamMb * RETRY_OVER_PEAK));
      trigger = 'end';
    }
    for (let spec = tasks[nextTask]; spec !== undefined && spec.at_s <= nowS; spec = tasks[++nextTask]) {
      const task = queuedTaskOf(spec, nextTask);
      specsById.set(task.id, task);
      queued.push(task);
      fairness.arrive(task.id, spec, nowS);
      trigger = 'submission';
    }
    if (nextSampleS <= nowS) {
      nextSampleS++;
      dispatcher.observe(machine.sample());
      const action = dispatcher.guard(nowS * 1000);
      if (action.kind === 'kill') {
        guardKills++;
        backToQueue(machine.running.get(action.taskId)!, action.retryRequest.ramMb);
      }
      trigger = 'sample';
    }
    if (trigger === null || queued.length === 0) continue;

    const starts = dispatcher.choose(nowS * 1000, queued, trigger);
    for (const task of starts) {
      dispatcher.recordStart(task, nowS * 1000);
      machine.start(task.id, recordOf(task.id).spec);
      recordOf(task.id).startedS = nowS;
    }
    if (starts.length > 0) {
      const started = new Set(starts);
      queued = queued.filter((task) => !started.has(task));
      peakCpuRatio = Math.max(peakCpuRatio, machine.cpuRatio);
    }
  }
  return { records, endS: nowS, peakCpuRatio, peakRamRatio, ooms, guardKills, jain: fairness.result() };
}

function queuedTaskOf(spec: TraceTask, sequence: number): QueuedTask {
  return {
    id: String(sequence),
    userId: spec.user,
    type: spec.type,
    size: spec.size,
    priority: spec.priority,
    queuedAtMs: spec.at_s * 1000,
    sequence,
    requested: requestOf(spec.type),
  };
}
