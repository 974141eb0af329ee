import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { StorageQuota } from './storage-quota.js';

@Module({ imports: [QueueModule], providers: [StorageQuota] })
export class QuotaModule {}
