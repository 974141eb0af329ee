CREATE TABLE "task_attempts" (
	"task_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"node_id" text,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone NOT NULL,
	"end" text NOT NULL,
	"error" jsonb,
	CONSTRAINT "task_attempts_task_id_attempt_pk" PRIMARY KEY("task_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "task_shards" (
	"task_id" text NOT NULL,
	"index" integer NOT NULL,
	"attempt" integer DEFAULT 1 NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"node_id" text,
	"lease_expires_at" timestamp (3) with time zone,
	"result" text,
	"memory_kills" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "task_shards_task_id_index_pk" PRIMARY KEY("task_id","index")
);
--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "cancellable" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "subject" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "shard_fingerprint" text;--> statement-breakpoint
ALTER TABLE "task_attempts" ADD CONSTRAINT "task_attempts_task_id_tasks_task_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("task_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_shards" ADD CONSTRAINT "task_shards_task_id_tasks_task_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("task_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- What a task is, for people. The description of one that has run may be its last progress, so its payload is asked first.
UPDATE "tasks" SET "subject" = coalesce(
	CASE WHEN "status" = 'queued' AND "attempt" <= 1 THEN nullif("description", '') END,
	CASE "task_type"
		WHEN 'backtest' THEN ("payload"->'request'->>'strategy') || ' on ' || ("payload"->'request'->>'symbol') || ' ' || ("payload"->'request'->>'timeframe')
		WHEN 'optimization' THEN ("payload"->>'points') || ' runs of ' || ("payload"->'request'->>'strategy') || ' on ' || ("payload"->'request'->>'symbol') || ' ' || ("payload"->'request'->>'timeframe')
		WHEN 'prediction' THEN 'Predict ' || ("payload"->'request'->>'symbol') || ' ' || ("payload"->'request'->>'timeframe')
		WHEN 'model_training' THEN 'Train ' || ("payload"->'request'->>'model') || ' on ' || ("payload"->'request'->>'symbol') || ' ' || ("payload"->'request'->>'timeframe')
	END,
	CASE WHEN "status" = 'queued' THEN nullif("description", '') END,
	initcap(replace("task_type", '_', ' ')));--> statement-breakpoint
-- Functions of a server process took no abort signal.
UPDATE "tasks" SET "cancellable" = false WHERE "status" = 'running' AND NOT "durable";--> statement-breakpoint
-- Servers from 0.2.0 on refuse a database that needs a later one.
INSERT INTO "settings" ("key", "value") VALUES ('min_server_version', '"0.2.0"')
	ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value";
