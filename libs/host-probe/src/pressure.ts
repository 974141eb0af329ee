import type { FileTree } from './file-tree.js';
import type { Pressure } from './host-sample.js';

/** Cgroup folders whose own pressure is asked for; null asks the machine. */
export interface PressurePlaces {
  readonly cpu: string | null;
  readonly memory: string | null;
}

/**
 * Reads PSI from where the limit is: the limited cgroup's own files, else the machine's `/proc/pressure`, else null.
 * A neighbour's stall on the same machine is not ours, and a stall at our own limit hardly shows in the machine's.
 * Disk pressure is asked where memory is, because a group short of memory thrashes on its own disk reads.
 */
export function readPressure(places: PressurePlaces, files: FileTree): Pressure {
  const read = (dir: string | null, resource: string): string =>
    (dir === null ? null : files.read(`${dir}/${resource}.pressure`)) ??
    files.read(`/proc/pressure/${resource}`) ??
    '';
  const memory = read(places.memory, 'memory');
  return {
    cpu: avg10('some', read(places.cpu, 'cpu')),
    memory: avg10('some', memory),
    io: avg10('some', read(places.memory, 'io')),
    memoryFull: avg10('full', memory),
  };
}

/** Lines `some avg10=0.12 avg60=… avg300=… total=…`; null where the kernel keeps no such line. */
function avg10(kind: 'some' | 'full', text: string): number | null {
  const match = new RegExp(`^${kind} avg10=([\\d.]+)`, 'm').exec(text);
  return match === null ? null : Number(match[1]);
}
