import { RequestMethod } from '@nestjs/common';

/** Every route stands below this, but for those named next. */
export const apiPrefix = 'api';
/** Where tools expect it: Prometheus asks for `/metrics`. */
export const routesOutsidePrefix = ['metrics'];

/** `GET /api/tasks/:task_id` from the parts that Nest's decorators hold. */
export function routeName(method: RequestMethod, ...paths: string[]): string {
  const parts = paths.flatMap((path) => path.split('/')).filter(Boolean);
  const prefix = routesOutsidePrefix.includes(parts.join('/')) ? [] : [apiPrefix];
  return `${RequestMethod[method]} /${[...prefix, ...parts].join('/')}`;
}
