import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import helmet from 'helmet';
import type { Config } from './config/config.js';
import { ProblemFilter } from './http/problem.filter.js';
import {
  answerParserError,
  refuseDeepNesting,
  refuseDuplicateQueryKeys,
  refuseHostileValues,
  refuseMalformedUrls,
  refuseOtherMediaTypes,
} from './http/request-checks.js';
import { noStore } from './http/no-store.middleware.js';
import { requestIdMiddleware } from './http/request-id.middleware.js';
import { limitByAddress, RequestLimits } from './http/request-limits.js';
import { logRequest } from './http/request-log.js';
import { serveDocs } from './openapi/docs-page.js';
import { apiPrefix, routesOutsidePrefix } from './http/routes.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { workerRoleMiddleware } from './http/worker-role.middleware.js';
import { traceRequest } from './tracing/trace-request.js';
import { contentSecurityPolicy, servePage } from './web/page.js';

const bodyLimitBytes = 256 * 1024;

/** What every request passes through before and after its controller. The app is made with `bodyParser: false`. */
export function setUp(app: NestExpressApplication, config: Config): void {
  app.set('trust proxy', config.http.trustProxy);
  app.set('query parser', 'simple');
  // Answers are not kept, so nobody asks whether they have changed.
  app.set('etag', false);
  app.disable('x-powered-by');
  app.use(requestIdMiddleware, traceRequest, logRequest, helmet({ contentSecurityPolicy }));
  if (config.http.corsOrigins.length > 0) {
    app.enableCors({
      origin: [...config.http.corsOrigins],
      exposedHeaders: ['Location', 'Idempotency-Replayed', 'Retry-After', 'X-Request-Id'],
    });
  }
  app.use(
    limitByAddress(app.get(RequestLimits)),
    workerRoleMiddleware(config),
    noStore,
    refuseMalformedUrls,
    refuseDuplicateQueryKeys,
    serveDocs(),
    servePage(join(import.meta.dirname, '..', 'web')),
    refuseOtherMediaTypes,
    express.json({ limit: bodyLimitBytes, verify: refuseDeepNesting }),
    answerParserError,
    refuseHostileValues,
  );
  app.setGlobalPrefix(apiPrefix, { exclude: routesOutsidePrefix });
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
}
