// A PostgreSQL for benches.
import { PostgresServer } from '../../dist/tools/test-kit/index.js';

/**
 * The PostgreSQL of TEST_DATABASE_URL or DATABASE_URL, or one of Debian's on a temporary folder with its
 * default settings, durable as they are.
 */
export async function startPostgres() {
  const given = process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL;
  if (given !== undefined) return { url: given, stop: () => undefined };
  const server = await PostgresServer.start();
  return { url: server.url, stop: () => server.remove() };
}
