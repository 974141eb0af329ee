import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { TASK_HANDLERS, type TaskHandlers, type TaskPlugin } from '@app/tasks-sdk';

const TASK_PLUGIN = Symbol('TaskPlugin');

/** Registers the handlers of a plug-in that exports a `TaskPlugin`. */
@Module({})
export class TaskPluginModule implements OnModuleInit {
  constructor(
    @Inject(TASK_PLUGIN) private readonly plugin: TaskPlugin,
    @Inject(TASK_HANDLERS) private readonly handlers: TaskHandlers,
  ) {}

  static forPlugin(plugin: TaskPlugin): DynamicModule {
    return {
      module: TaskPluginModule,
      providers: [{ provide: TASK_PLUGIN, useValue: plugin }],
    };
  }

  onModuleInit(): void {
    for (const handler of this.plugin.handlers) this.handlers.register(handler);
  }
}
