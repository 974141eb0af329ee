import { emitKeypressEvents, type Key } from 'node:readline';

/** Asks on the terminal for a password that is not echoed; null when the user gives up with Ctrl-C or Ctrl-D. */
export async function askPassword(prompt: string): Promise<string | null> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.resume();
  try {
    return await new Promise((resolve) => {
      let typed = '';
      stdin.on('keypress', function listen(text: string | undefined, key: Key) {
        const isEnd = key.name === 'return' || key.name === 'enter';
        const isAway = key.ctrl === true && (key.name === 'c' || key.name === 'd');
        if (isEnd || isAway) {
          stdin.off('keypress', listen);
          resolve(isAway ? null : typed);
        } else if (key.name === 'backspace') typed = typed.slice(0, -1);
        else if (text !== undefined && key.ctrl !== true) typed += text;
      });
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
