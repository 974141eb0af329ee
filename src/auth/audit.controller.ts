import { type AuditEntry, listQuery, type ListQuery, type Page } from '@app/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { Roles } from './roles.decorator.js';

@Roles('admin')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  list(@Query({ schema: listQuery }) query: ListQuery): Promise<Page<AuditEntry>> {
    return this.audit.list(query);
  }
}
