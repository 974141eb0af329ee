import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DynamicModule, Type } from '@nestjs/common';
import type { TaskPlugin } from '@app/tasks-sdk';
import { ConfigError, type Config } from './config/config.js';
import { formatStack } from './logging/format-stack.js';
import { TaskPluginModule } from './queue/api/task-plugin.module.js';
import { pluginProblem } from './queue/api/plugin-problem.js';

/**
 * The modules of the plug-ins that HEADROOM_PLUGINS names. A plug-in exports a Nest module or a `TaskPlugin` by default;
 * see docs/extending.md.
 *
 * @throws ConfigError naming the plug-in that is missing, throws while it is loaded, or exports neither of the two
 */
export async function loadPlugins({ plugins }: Pick<Config, 'plugins'>): Promise<(Type | DynamicModule)[]> {
  return Promise.all(plugins.map(async (name) => moduleOf(name, await load(name))));
}

function moduleOf(name: string, exported: unknown): Type | DynamicModule {
  if (typeof exported === 'function') return exported as Type;
  const problem = pluginProblem(exported);
  if (problem !== null) throw new ConfigError(`HEADROOM_PLUGINS: ${name}: ${problem}`);
  return TaskPluginModule.forPlugin(exported as TaskPlugin);
}

async function load(name: string): Promise<unknown> {
  const location = name.startsWith('.') || isAbsolute(name) ? pathToFileURL(resolve(name)).href : name;
  try {
    return ((await import(location)) as { default?: unknown }).default;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    // What goes wrong inside a plug-in is for its author, who needs the place.
    const why = error instanceof Error && !isMissing ? formatStack(error) : String(error);
    throw new ConfigError(`HEADROOM_PLUGINS: ${name} could not be loaded: ${why}`);
  }
}
