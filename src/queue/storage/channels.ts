/** What NOTIFY says: new events, a task that was changed without one, a setting that was changed. */
export const channels = {
  events: 'headroom_events',
  task: 'headroom_task',
  setting: 'headroom_setting',
} as const;
