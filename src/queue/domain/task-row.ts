import type { tasks } from '../../database/schema.js';

/** A task as the database has it. */
export type TaskRow = typeof tasks.$inferSelect;
