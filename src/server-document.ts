import { ModulesContainer, NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { readConfig } from './config/config.js';
import { version } from './config/version.js';
import { documentOf } from './openapi/document.js';
import type { OpenApiDocument } from './openapi/open-api-types.js';
import { registeredRoutes } from './openapi/openapi.module.js';
import { operations } from './openapi/operations.js';

/** The document that this server would answer with, without plug-ins and without starting it. */
export async function serverDocument(): Promise<OpenApiDocument> {
  // In preview, Nest registers everything and starts nothing.
  const app = await NestFactory.create(AppModule.with(readConfig({}), []), { preview: true, logger: false });
  return documentOf(registeredRoutes(app.get(ModulesContainer)), operations, version);
}
