import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AcceptsMetricsToken } from '../auth/metrics-token.js';
import { Roles } from '../auth/roles.decorator.js';
import { MetricsRegistry } from './registry.js';

@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: MetricsRegistry) {}

  /** All metrics of this node in Prometheus's text format. */
  @Get()
  @Roles('admin')
  @AcceptsMetricsToken()
  async get(@Res({ passthrough: true }) response: Response): Promise<string> {
    response.type(this.registry.contentType);
    return this.registry.metrics();
  }
}
