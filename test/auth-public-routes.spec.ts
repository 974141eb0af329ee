import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { AppModule } from '../src/app.module.js';
import { publicRoute } from '../src/auth/public.decorator.js';
import { streamCredentials } from '../src/auth/stream-credentials.decorator.js';
import { readConfig } from '../src/config/config.js';

type Controller = Type<object>;
type ModuleRef = Type | DynamicModule;

function controllersOf(module: ModuleRef, seen = new Set<unknown>()): Controller[] {
  if (seen.has(module)) return [];
  seen.add(module);
  const metadata = <T>(key: string): T[] => {
    const type = 'module' in module ? module.module : module;
    return (Reflect.getMetadata(key, type) as T[] | undefined) ?? [];
  };
  const dynamic = 'module' in module ? module : undefined;
  const imports = [
    ...metadata<ModuleRef>(MODULE_METADATA.IMPORTS),
    ...((dynamic?.imports ?? []) as ModuleRef[]),
  ];
  const own = [...metadata<Controller>(MODULE_METADATA.CONTROLLERS), ...(dynamic?.controllers ?? [])];
  return [...(own as Controller[]), ...imports.flatMap((imported) => controllersOf(imported, seen))];
}

function routesWith(mark: string): string[] {
  const routes = controllersOf(AppModule.with(readConfig({}), [])).flatMap((controller) =>
    Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(({ value }) => {
      const handler: unknown = value;
      if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
      const path = [controller, handler].map((part) => String(Reflect.getMetadata(PATH_METADATA, part)));
      const isMarked = Reflect.getMetadata(mark, handler) ?? Reflect.getMetadata(mark, controller);
      return isMarked === true ? [`${method} /${path.join('/').replace(/^\/|\/$/g, '')}`] : [];
    }),
  );
  return routes.sort();
}

describe('the closed door', () => {
  it('is open at these routes and no others', () => {
    expect(routesWith(publicRoute)).toEqual([
      'GET /health/live',
      'GET /health/ready',
      'POST /auth/login',
      'POST /auth/refresh',
    ]);
  });

  it('takes credentials from the query at the event stream alone', () => {
    expect(routesWith(streamCredentials)).toEqual(['GET /system/task-events']);
  });
});
