CREATE TABLE "market_data_schedules" (
	"schedule_id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"shared" boolean NOT NULL,
	"exchange" text NOT NULL,
	"symbol" text NOT NULL,
	"timeframe" text NOT NULL,
	"start_ms" bigint,
	"every_minutes" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"next_run_at" timestamp (3) with time zone NOT NULL,
	"last_import_id" text
);
--> statement-breakpoint
CREATE UNIQUE INDEX "market_data_schedules_series" ON "market_data_schedules" USING btree ("user_id","exchange","symbol","timeframe") WHERE not "market_data_schedules"."shared";--> statement-breakpoint
CREATE UNIQUE INDEX "market_data_schedules_shared_series" ON "market_data_schedules" USING btree ("exchange","symbol","timeframe") WHERE "market_data_schedules"."shared";--> statement-breakpoint
CREATE INDEX "market_data_schedules_due" ON "market_data_schedules" USING btree ("next_run_at");