import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Type } from '@nestjs/common';
import { ConfigError, type Config } from './config/config.js';
import { stackOf } from './logging/error-stack.js';

/**
 * The modules that HEADROOM_PLUGINS names. A plug-in adds task types by registering handlers, as the features here do; see
 * docs/extending.md.
 *
 * @throws ConfigError naming the plug-in that is not there, breaks while it is loaded or exports no module
 */
export function loadPlugins({ plugins }: Pick<Config, 'plugins'>): Promise<Type[]> {
  return Promise.all(
    plugins.map(async (name) => {
      const module = await load(name);
      if (typeof module !== 'function')
        throw new ConfigError(`HEADROOM_PLUGINS: ${name} exports no Nest module by default.`);
      return module;
    }),
  );
}

async function load(name: string): Promise<Type | undefined> {
  const location = name.startsWith('.') || isAbsolute(name) ? pathToFileURL(resolve(name)).href : name;
  try {
    return ((await import(location)) as { default?: Type }).default;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    // What goes wrong inside a plug-in is for its author, who needs the place.
    const why = error instanceof Error && !isMissing ? stackOf(error) : String(error);
    throw new ConfigError(`HEADROOM_PLUGINS: ${name} could not be loaded: ${why}`);
  }
}
