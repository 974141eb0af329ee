import { type AuditEntry, type Page, userListQuery } from '@app/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AuditLog } from './audit.service.js';
import { Roles } from './roles.decorator.js';

@Roles('admin')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditLog) {}

  @Get()
  list(@Query({ schema: userListQuery }) query: z.infer<typeof userListQuery>): Promise<Page<AuditEntry>> {
    return this.audit.list(query);
  }
}
