import { PGlite } from '@electric-sql/pglite';
import { lastWordIn } from './last-word.js';

/** Sends wire-protocol messages and gets the answers. */
export type Session = (message: Uint8Array) => Promise<Uint8Array>;

/** Answers PostgreSQL wire-protocol messages; the embedded database as `PgliteStream` sees it. */
export interface ProtocolEngine {
  /** A session on the database as it runs now; with it end the sessions on it. */
  connect: () => Session;
  close: () => Promise<void>;
}

/**
 * The engine is of no use any more, as when the disk had no room for its log: what it holds in memory cannot
 * be trusted. Another one on its folder recovers all that was committed.
 */
export class EngineLost extends Error {
  override readonly name = 'EngineLost';
  constructor(
    message: string,
    /** An SQLSTATE; by itself that of a server that has crashed. */
    readonly code = '57P02',
  ) {
    super(message);
  }
}

/** Besides durability: what a vacuum or an analysis takes for itself stays this process's for good, so they are to take little. */
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
 * reach the disk through the WebAssembly file system. A session's calls reject with `EngineLost` when this
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
      throw new EngineLost(String(error));
    });
    const answer = together(chunks);
    const lastWord = lastWordIn(answer);
    if (lastWord !== null) throw new EngineLost(lastWord.message, lastWord.code);
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
