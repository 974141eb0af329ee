import type { ClientBase } from 'pg';

type Query = (...args: unknown[]) => unknown;

/** Reports the duration of each query of a session in seconds, until its answer or its error, in callback or promise style. */
export function instrumentQueries(session: ClientBase, onDuration: (seconds: number) => void): void {
  const query = session.query.bind(session) as Query;
  const timed: Query = (...args) => {
    const startedAt = performance.now();
    const done = () => onDuration((performance.now() - startedAt) / 1000);
    const last = args.at(-1);
    if (typeof last === 'function') {
      const answer = last as Query;
      return query(...args.slice(0, -1), (...outcome: unknown[]) => {
        done();
        answer(...outcome);
      });
    }
    const pending = query(...args);
    if (pending instanceof Promise) pending.then(done, done);
    return pending;
  };
  session.query = timed as typeof session.query;
}
