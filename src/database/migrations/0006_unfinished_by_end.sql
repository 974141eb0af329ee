DROP INDEX "tasks_unfinished";--> statement-breakpoint
DROP INDEX "tasks_completed";--> statement-breakpoint
CREATE INDEX "tasks_unfinished" ON "tasks" USING btree ("sequence") WHERE completed_at is null;--> statement-breakpoint
CREATE INDEX "tasks_completed" ON "tasks" USING btree ("completed_at") WHERE completed_at is not null;--> statement-breakpoint
-- A task's row changes several times; with room beside it a claim and its progress write to no index.
ALTER TABLE "tasks" SET (fillfactor = 60);
