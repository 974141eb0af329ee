import { createServer } from 'node:net';
import { ConfigError, type Config } from '../config/config.js';

type Address = Pick<Config, 'host' | 'port'>;

/**
 * Listens for a moment, so that an address that cannot be had stops the start before anything is made.
 *
 * @throws ConfigError naming HOST or PORT
 */
export async function probeBind({ host, port }: Address): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  } catch (error) {
    throw bindError({ host, port }, error);
  }
  await new Promise((resolve) => server.close(resolve));
}

/** Why nobody can listen there, by the name of the setting that is to be changed. */
export function bindError({ host, port }: Address, error: unknown): ConfigError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new ConfigError(`PORT: ${port} is in use on ${host} (${message}). Set it to another port.`);
  }
  if (code === 'EACCES') {
    return new ConfigError(
      `PORT: this user may not listen on ${port} (${message}). Set it to a port above 1023.`,
    );
  }
  return new ConfigError(
    `HOST: nobody can listen on ${host} (${message}). Set it to an address of this machine, or to 0.0.0.0 for all.`,
  );
}
