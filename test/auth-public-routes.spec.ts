import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { AppModule } from '../src/app.module.js';
import { readConfig } from '../src/config/config.js';
import { registeredRoutes } from '../src/openapi/openapi.module.js';
import type { Route } from '../src/openapi/routes.js';

describe('the closed door', () => {
  let routes: Route[];
  beforeAll(async () => {
    // In preview, Nest registers everything and starts nothing.
    const app = await NestFactory.create(AppModule.with(readConfig({}), []), {
      preview: true,
      logger: false,
    });
    routes = registeredRoutes(app.get(ModulesContainer));
  });
  const routesThat = (are: (route: Route) => boolean) =>
    routes
      .filter(are)
      .map(({ name }) => name)
      .sort();

  it('is open at these routes and no others', () => {
    expect(routesThat(({ isPublic }) => isPublic)).toEqual([
      'GET /api/health/live',
      'GET /api/health/ready',
      'GET /api/openapi.json',
      'POST /api/auth/login',
      'POST /api/auth/refresh',
    ]);
  });

  it('takes credentials from the query at the event stream alone', () => {
    expect(routesThat(({ takesStreamCredentials }) => takesStreamCredentials)).toEqual([
      'GET /api/system/task-events',
    ]);
  });
});
