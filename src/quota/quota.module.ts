import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { StorageQuota } from './storage-quota.js';

@Module({ imports: [AuthModule], providers: [StorageQuota], exports: [StorageQuota] })
export class QuotaModule {}
