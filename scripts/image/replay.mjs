import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Stage } from './stage.mjs';

/**
 * Does what `docker build` does with a Dockerfile's stages.
 *
 * @returns the last stage, and its `entrypoint`, `cmd`, `healthcheck` and `volumes`
 */
export async function build(stages, { context, folder, isIgnored, node, say }) {
  const built = new Map();
  let stage = null;
  const image = { entrypoint: [], cmd: [], healthcheck: null, volumes: [] };
  for (const { name, from, steps } of stages) {
    say(`${from} as ${name}`);
    stage = new Stage(join(folder, name), { node, hide: [topOf(context)] });
    built.set(name, stage);
    for (const { instruction, flags, text, words } of steps) {
      say(`  ${instruction} ${text}`);
      if (instruction === 'WORKDIR') {
        stage.workdir = text;
        mkdirSync(join(stage.layer, text), { recursive: true });
      } else if (instruction === 'COPY') copy(stage, words, built.get(flags.from), { context, isIgnored });
      else if (instruction === 'RUN') {
        if ((await stage.run(['sh', '-c', text])) === null) throw new Error(`It failed: ${text}`);
      } else if (instruction === 'ENV') {
        for (const pair of words)
          stage.env[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
      } else if (instruction === 'USER') stage.user = text;
      else if (instruction === 'VOLUME') image.volumes.push(text);
      else if (instruction === 'ENTRYPOINT') image.entrypoint = words;
      else if (instruction === 'CMD') image.cmd = words;
      else if (instruction === 'HEALTHCHECK') image.healthcheck = words;
      else if (instruction !== 'EXPOSE') throw new Error(`This check does not know ${instruction}.`);
    }
  }
  return { stage, ...image };
}

/** From the build's context, without what is ignored, or from an earlier stage's own layer. */
function copy(stage, words, from, { context, isIgnored }) {
  const target = resolve('/', stage.workdir, words.at(-1));
  for (const word of words.slice(0, -1)) {
    const source = from ? join(from.layer, word) : resolve(context, word);
    if (!existsSync(source)) throw new Error(`There is no ${source} to copy.`);
    const intoFolder = words.at(-1).endsWith('/') && source !== context;
    const place = join(stage.layer, target, intoFolder ? relative(join(source, '..'), source) : '');
    const filter = (path) => from !== undefined || !isIgnored(relative(context, path));
    cpSync(source, place, { recursive: true, filter, verbatimSymlinks: true });
  }
}

function topOf(path) {
  return `/${path.split('/')[1]}`;
}

/** MiB that files take on the disk. */
export function sizeOf(...paths) {
  const { stdout } = spawnSync('du', ['-scm', ...paths.filter((path) => existsSync(path))], {
    encoding: 'utf8',
  });
  return Number(/^(\d+)\ttotal$/m.exec(stdout)?.[1] ?? 0);
}
