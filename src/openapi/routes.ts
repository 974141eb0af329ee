import { RequestMethod, type Type } from '@nestjs/common';
import {
  HTTP_CODE_METADATA,
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Role } from '@app/contracts';
import type { z } from 'zod';
import { publicRoute } from '../auth/public.decorator.js';
import { requiredRoles } from '../auth/roles.decorator.js';
import { streamCredentials } from '../auth/stream-credentials.decorator.js';
import { routeName } from '../http/routes.js';
import { AcceptedInterceptor } from '../queue/api/accepted.interceptor.js';

/** A route as its controller declares it: what Nest itself goes by, so that this cannot say anything else. */
export interface Route {
  /** `POST /api/tasks/:task_id/cancel` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** The first part of the path below the prefix: `tasks`. */
  readonly tag: string;
  /** Unique among all routes: `tasks_cancel`. */
  readonly operationId: string;
  readonly status: number;
  readonly body: z.ZodObject | null;
  readonly query: z.ZodObject | null;
  readonly pathParams: readonly string[];
  readonly headers: readonly string[];
  readonly isPublic: boolean;
  readonly roles: readonly Role[] | null;
  readonly takesStreamCredentials: boolean;
  /** Creates a task: takes `Idempotency-Key`, answers with `Location`. */
  readonly createsTask: boolean;
}

interface Argument {
  /** `BODY`, `QUERY`, `HEADERS`, … */
  readonly type: string;
  readonly data: unknown;
  readonly schema: z.ZodObject | null;
}

/** The routes of controllers, in the order of their declaration. */
export function routesOf(controllers: Iterable<Type>): Route[] {
  return [...controllers].flatMap((controller) => {
    const members = Object.getOwnPropertyDescriptors(controller.prototype as object);
    return Object.entries(members).flatMap(([key, { value }]) => {
      const handler: unknown = value;
      const isRoute = typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler);
      return isRoute ? [routeOf(controller, key, handler)] : [];
    });
  });
}

function routeOf(controller: Type, key: string, handler: object): Route {
  const metadata = (mark: string): unknown =>
    Reflect.getMetadata(mark, handler) ?? Reflect.getMetadata(mark, controller);
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
  const paths = [controller, handler].map((part) => String(Reflect.getMetadata(PATH_METADATA, part)));
  const name = routeName(method, ...paths);
  const path = name.slice(name.indexOf(' ') + 1);
  const args = argumentsOf(controller, key);
  const schemaOf = (type: string) => args.find((arg) => arg.type === type)?.schema ?? null;
  const interceptors = (metadata(INTERCEPTORS_METADATA) ?? []) as unknown[];
  const createsTask = interceptors.includes(AcceptedInterceptor);
  const tag = paths[0]!.split('/')[0]!;
  return {
    name,
    method: RequestMethod[method],
    path,
    tag,
    operationId: [...paths[0]!.split(/\W+/), key].join('_'),
    status:
      (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ??
      (createsTask ? 202 : method === RequestMethod.POST ? 201 : 200),
    body: schemaOf('BODY'),
    query: schemaOf('QUERY'),
    pathParams: [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!),
    headers: args
      .filter((arg) => arg.type === 'HEADERS' && typeof arg.data === 'string')
      .map((arg) => arg.data as string),
    isPublic: metadata(publicRoute) === true,
    roles: (metadata(requiredRoles) as readonly Role[] | undefined) ?? null,
    takesStreamCredentials: metadata(streamCredentials) === true,
    createsTask: createsTask,
  };
}

/** Nest keeps a handler's parameters under `type:index`; those of custom decorators have other keys. */
function argumentsOf(controller: Type, key: string): Argument[] {
  const kept = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, key) ?? {}) as Record<
    string,
    { data?: unknown; schema?: z.ZodObject }
  >;
  return Object.entries(kept).flatMap(([place, { data, schema }]) => {
    const type = /^(\d+):\d+$/.exec(place)?.[1];
    return type === undefined
      ? []
      : [{ type: RouteParamtypes[Number(type)] ?? '', data, schema: schema ?? null }];
  });
}
