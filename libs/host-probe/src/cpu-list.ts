/** Numbers in the kernel's list format, `0-3,8,10-11`; an empty list is an empty set. Throws on anything else. */
export function parseCpuList(text: string): Set<number> {
  const cpus = new Set<number>();
  const list = text.trim();
  if (list === '') return cpus;
  for (const range of list.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (match === null) throw new Error(`not a CPU list: "${text}"`);
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    for (let cpu = first; cpu <= last; cpu += 1) cpus.add(cpu);
  }
  return cpus;
}
