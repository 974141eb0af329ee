import { PGlite } from '@electric-sql/pglite';

/** Answers PostgreSQL wire-protocol messages; the embedded database as `PgliteStream` sees it. */
export interface ProtocolEngine {
  exec: (message: Uint8Array) => Promise<Uint8Array>;
  close: () => Promise<void>;
}

const maintenanceIntervalMs = 5 * 60_000;

/**
 * Opens PGlite on a folder so that a committed row survives a power cut.
 *
 * PGlite starts its server with `-F` (no fsync); without it, `open_datasync` is the method whose writes
 * reach the disk through the WebAssembly file system. It runs neither autovacuum nor checkpoints by
 * itself, so both run here on a timer.
 */
export async function openPgliteEngine(dataDir: string): Promise<ProtocolEngine> {
  const durable = PGlite.defaultStartParams.filter((param) => param !== '-F');
  const database = await PGlite.create({
    dataDir,
    startParams: [
      ...durable,
      ...['wal_sync_method=open_datasync', 'shared_buffers=16MB', 'max_wal_size=64MB'].flatMap((s) => [
        '-c',
        s,
      ]),
    ],
  });
  const maintenance = setInterval(() => {
    void database.exec('VACUUM (ANALYZE)').then(() => database.exec('CHECKPOINT'));
  }, maintenanceIntervalMs);
  maintenance.unref();
  return {
    exec: (message) => database.execProtocolRaw(message),
    close: async () => {
      clearInterval(maintenance);
      await database.close();
    },
  };
}
