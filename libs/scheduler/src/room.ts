import { addDemand, partOf, subtractDemand } from './demand.js';
import type { Demand } from './demand.js';

/** What there is to be given away at one moment. */
export interface Room {
  readonly total: Demand;
  /** Free, with all reservations of running tasks taken off. */
  readonly available: Demand;
  /** What others use of the machine even in quiet times. */
  readonly ambient: Demand;
  /** Running tasks of ours. */
  readonly runningTasks: number;
}

/** A running task's share of the machine, and when it is expected to be given back. */
export interface Release {
  readonly held: Demand;
  /** With the usual duration of its kind. */
  readonly usualEndMs: number;
  /** With a duration that nine of ten of its kind stay under. */
  readonly lateEndMs: number;
}

/** The room beside one more task. */
export function takeFrom(room: Room, held: Demand): Room {
  return { ...room, available: subtractDemand(room.available, held), runningTasks: room.runningTasks + 1 };
}

/** The room once one task has ended. */
export function giveBackTo(room: Room, held: Demand): Room {
  return { ...room, available: addDemand(room.available, held), runningTasks: room.runningTasks - 1 };
}

/** Part of a machine that others are taken to use in normal times. */
const NORMAL_USE = 0.2;

/** What others use of a machine in quiet times: a fifth, or the least they were seen to use lately if that is more. */
export function ambientOf(total: Demand, quietest: Demand | null): Demand {
  return {
    cpuMillicores: Math.max(partOf(total.cpuMillicores, NORMAL_USE), quietest?.cpuMillicores ?? 0),
    ramMb: Math.max(partOf(total.ramMb, NORMAL_USE), quietest?.ramMb ?? 0),
  };
}
