// Who listens in this bench, and what they are told. Half of the connections are admins'; each user holds ten.
export const streamsPerUser = 10;

/** Connections of N: the first half are admins', then ten for each user. */
export function isAdminConnection(index, connections) {
  return index < connections / 2;
}

/** Which user (0, 1, …, over admins and others alike) holds a connection. */
export function userOf(index) {
  return Math.floor(index / streamsPerUser);
}

/** Users of N connections who are no admins, by number. */
export function owners(connections) {
  const first = Math.ceil(connections / 2 / streamsPerUser);
  const end = Math.ceil(connections / streamsPerUser);
  return Array.from({ length: end - first }, (_, n) => first + n);
}

/** A task as the stream tells it, with the number of its event and the time (µs) in its description. */
export function taskOf(number, userId) {
  return {
    task_id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    task_type: 'backtest',
    status: 'running',
    priority: 0,
    user_id: userId,
    description: `@${number}@${process.hrtime.bigint() / 1000n}@ SmaCross on BTC_USDT 1h`,
    progress: null,
    estimated_cpu_cores: 1,
    estimated_ram_gb: 0.5,
    queue_position: null,
    wait_reason: null,
    estimated_start_at: null,
    queued_at: '2026-01-01T00:00:00.000Z',
    started_at: '2026-01-01T00:00:01.000Z',
    completed_at: null,
    attempt: 1,
    max_attempts: 3,
    node_id: 'bench',
    error: null,
    cpu_seconds: null,
    peak_ram_gb: null,
  };
}

/** The machine's resources, as admins see them in each message; for the servers that have no monitor. */
export const resources = {
  cpu: { total_cores: 8, available_cores: 6.4, usage_percent: 20, min_threshold_cores: 1.6 },
  ram: { total_gb: 16, available_gb: 12.5, usage_percent: 21.9, min_threshold_gb: 3.2 },
  buffer_percent: 20,
  pressure: { cpu: 0.1, memory: 0, io: 0.2 },
  limits: { cpu_source: 'host', ram_source: 'host' },
  reserved: { cpu_cores: 1, ram_gb: 0.5 },
};

/** The JSON of a message for one audience. */
export function textOf(type, data, isAdmin) {
  return JSON.stringify({
    type,
    timestamp: new Date().toISOString(),
    ...(data && { data }),
    ...(isAdmin && { resources }),
  });
}

export function userIdOf(user) {
  return `00000000-0000-4000-9000-${String(user).padStart(12, '0')}`;
}
