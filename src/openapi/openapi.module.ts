import { Controller, Get, Module, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Public } from '../auth/public.decorator.js';
import { version } from '../config/version.js';
import { documentOf } from './document.js';
import type { OpenApiDocument } from './open-api-types.js';
import { operations } from './operations.js';
import { routesOf, type Route } from './routes.js';

/** The routes of an application, plug-ins' too, as Nest has registered them. */
export function registeredRoutes(modules: ModulesContainer): Route[] {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  return routesOf(controllers.map(({ metatype }) => metatype as Type));
}

@Public()
@Controller('openapi.json')
class OpenApiController {
  #document: OpenApiDocument | null = null;

  constructor(private readonly modules: ModulesContainer) {}

  @Get()
  get(): OpenApiDocument {
    this.#document ??= documentOf(registeredRoutes(this.modules), operations, version);
    return this.#document;
  }
}

/** The OpenAPI document of whatever routes the application has. */
@Module({ controllers: [OpenApiController] })
export class OpenApiModule {}
