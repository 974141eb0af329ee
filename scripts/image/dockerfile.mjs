/**
 * Reads a Dockerfile as far as this project's own goes.
 *
 * @returns stages `{name, from, steps: [{instruction, flags, text, words}]}` in their order; `words` is the JSON form, or the
 *   text at its spaces
 */
export function readDockerfile(text) {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  const stages = [];
  for (const line of lines) {
    const [, instruction, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? unreadable(line);
    if (instruction === 'FROM') {
      const [, from, name] = /^(\S+)(?: AS (\S+))?$/i.exec(rest) ?? unreadable(line);
      stages.push({ name: name ?? String(stages.length), from, steps: [] });
      continue;
    }
    const flags = {};
    let body = rest;
    for (let flag; (flag = /^--([\w-]+)=(\S+)\s+/.exec(body)); body = body.slice(flag[0].length)) {
      flags[flag[1]] = flag[2];
    }
    const isJson = /^(CMD\s+)?\[/.test(body);
    const words = isJson ? JSON.parse(body.replace(/^CMD\s+/, '')) : body.split(/\s+/);
    stages.at(-1).steps.push({ instruction, flags, text: body, words });
  }
  return stages;
}

/** Whether `.dockerignore` leaves a path out of the build: patterns stand at the root unless they begin with `**`. */
export function ignoring(text) {
  const patterns = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const expressions = patterns.map((pattern) => {
    if (pattern.startsWith('!')) unreadable(pattern);
    const expression = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
    return new RegExp(`^${expression}(?:/|$)`);
  });
  return (path) => expressions.some((expression) => expression.test(path));
}

function unreadable(line) {
  throw new Error(`This check cannot read: ${line}`);
}
