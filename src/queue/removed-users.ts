import { Injectable, type OnModuleInit } from '@nestjs/common';
import { UserRemoval } from '../auth/user-removal.js';
import { TaskQueue } from './queue.service.js';

/** A deleted user's tasks are cancelled; what they were stays in the history that admins see. */
@Injectable()
export class RemovedUsers implements OnModuleInit {
  constructor(
    private readonly removal: UserRemoval,
    private readonly queue: TaskQueue,
  ) {}

  onModuleInit(): void {
    this.removal.onRemoval((userId) => this.queue.cancelAllOf(userId));
  }
}
