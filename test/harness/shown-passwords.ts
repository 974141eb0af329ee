import type { ServerProcess } from '../../tools/test-kit/index.js';

/** The passwords of the first admin that a server has shown. */
export function shownPasswords({ log }: ServerProcess): string[] {
  return [...log.matchAll(/First admin: admin \/ (\S+)/g)].map(([, password]) => password!);
}
