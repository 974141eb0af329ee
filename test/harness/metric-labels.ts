/** Every metric of `GET /metrics` with the labels of its series. */
export const metricLabels: Readonly<Record<string, readonly string[]>> = {
  headroom_admission_decisions_total: ['task_type', 'decision', 'reason'],
  headroom_build_info: ['version', 'node'],
  headroom_cpu_cores: ['figure'],
  headroom_database_query_seconds: [],
  headroom_database_sessions: ['state'],
  headroom_event_loop_delay_seconds: ['statistic'],
  headroom_http_request_seconds: ['method', 'route'],
  headroom_http_requests_total: ['method', 'route', 'status'],
  headroom_memory_bytes: ['figure'],
  headroom_pressure_percent: ['resource'],
  headroom_process_ends_total: ['task_type', 'end'],
  headroom_process_starts_total: ['task_type'],
  headroom_queue_paused: [],
  headroom_sample_age_seconds: [],
  headroom_stream_bytes_total: [],
  headroom_stream_deliveries_total: [],
  headroom_stream_superseded_total: [],
  headroom_streams: [],
  headroom_streams_dropped_total: [],
  headroom_task_run_seconds: ['task_type'],
  headroom_task_wait_seconds: ['task_type'],
  headroom_tasks: ['task_type', 'state'],
  headroom_tasks_ended_total: ['task_type', 'status', 'code'],
  nodejs_heap_used_bytes: [],
  process_cpu_seconds_total: [],
  process_open_fds: [],
  process_resident_memory_bytes: [],
  process_start_time_seconds: [],
};

/** The metric that a series belongs to: a histogram's have further names. */
export function metricOf(series: string): string {
  const name = series.replace(/\{.*/s, '');
  return name in metricLabels ? name : name.replace(/_(bucket|sum|count)$/, '');
}
