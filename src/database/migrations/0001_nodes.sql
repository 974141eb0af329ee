CREATE TABLE "nodes" (
	"node_id" text PRIMARY KEY NOT NULL,
	"instance" text NOT NULL,
	"role" text NOT NULL,
	"version" text NOT NULL,
	"host" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"resources" jsonb NOT NULL,
	"waiting" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "run_after" text;--> statement-breakpoint
CREATE INDEX "tasks_run_after" ON "tasks" USING btree ("run_after") WHERE run_after is not null;