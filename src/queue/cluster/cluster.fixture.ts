import { Subject } from 'rxjs';
import type { Database } from '../../database/database.js';
import type { Notification } from '../../database/notifications.js';

/** A connection to other nodes for tests: says what a test says. */
export class FakeSession {
  readonly notifications$ = new Subject<Notification>();
  readonly connected$ = new Subject<void>();
  /** Whether another process holds the name. */
  isNameTaken = false;
  readonly asked: string[] = [];
  isOpen = false;

  open(): Promise<void> {
    this.isOpen = true;
    this.connected$.next();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }

  tryAcquireNameLock(name: string): Promise<boolean> {
    this.asked.push(name);
    return Promise.resolve(!this.isNameTaken);
  }
}

/** A database for tests that is shared through a session, or an embedded one without. */
export function databaseWith(session: FakeSession | null): Database {
  return { isShared: session !== null, listen: () => session } as unknown as Database;
}
