import { PGlite } from '@electric-sql/pglite';
import { parseFatalError } from './parse-fatal-error.js';

/** Sends wire-protocol messages and gets the answers. */
export type Session = (message: Uint8Array) => Promise<Uint8Array>;

/** Answers PostgreSQL wire-protocol messages; the embedded database as `PgliteStream` sees it. */
export interface ProtocolEngine {
  /** A session on the running database; it ends when the database does. */
  connect: () => Session;
  close: () => Promise<void>;
}

/**
 * The engine cannot be used any more, for example because the disk was full: its memory cannot be trusted. Another
 * engine on the same folder recovers everything that was committed.
 */
export class EngineLostError extends Error {
  override readonly name = 'EngineLostError';
  constructor(
    message: string,
    /** An SQLSTATE; by default that of a crashed server. */
    readonly code = '57P02',
  ) {
    super(message);
  }
}

/** Durability, and small limits: memory that a vacuum or an analysis allocates is never returned to the system. */
const settings = [
  'wal_sync_method=open_datasync',
  'shared_buffers=16MB',
  'max_wal_size=64MB',
  'maintenance_work_mem=8MB',
  // Rows that an analysis reads into memory: 300 times as many.
  'default_statistics_target=20',
];

/**
 * Opens PGlite on a folder so that a committed row survives a power cut.
 *
 * PGlite starts its server with `-F` (no fsync); without it, `open_datasync` is the method whose writes
 * reach the disk through the WebAssembly file system. A session's calls reject with `EngineLostError` when this
 * engine cannot go on; PGlite itself would leave them, and all that come later, without an answer.
 */
export async function openPgliteEngine(dataDir: string): Promise<ProtocolEngine> {
  const durable = PGlite.defaultStartParams.filter((param) => param !== '-F');
  const database = await PGlite.create({
    dataDir,
    startParams: [...durable, ...settings.flatMap((setting) => ['-c', setting])],
  });
  const exec: Session = async (message) => {
    const chunks: Uint8Array[] = [];
    // The plain `execProtocolRaw` parses every answer besides and keeps all that it has parsed, for ever.
    const onRawData = (chunk: Uint8Array) => {
      // A view of the engine's memory, which is written anew at once.
      chunks.push(chunk.slice());
    };
    await database.execProtocolRawStream(message, { onRawData }).catch((error: unknown) => {
      throw new EngineLostError(String(error));
    });
    const answer = together(chunks);
    const fatalError = parseFatalError(answer);
    if (fatalError !== null) throw new EngineLostError(fatalError.message, fatalError.code);
    return answer;
  };
  return { connect: () => exec, close: () => database.close() };
}

/** In memory of its own: a `Buffer` may share its with others, and all of that would go to another thread. */
function together(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
