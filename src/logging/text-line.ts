const control = /[\p{Cc}\u2028\u2029]/gu;
const colourOf: Readonly<Record<string, number>> = { error: 31, fatal: 31, warn: 33, debug: 90 };

interface JsonLine {
  readonly time: string;
  readonly level: string;
  readonly context?: string;
  readonly msg: string;
  readonly stack?: string;
  readonly [field: string]: unknown;
}

/**
 * A JSON line of the log for a person's eyes: `time LEVEL message field=value`, further lines indented.
 *
 * Whatever a message holds, it makes no line that looks like one of ours, and moves no cursor: control
 * characters are written out.
 */
export function textLine(json: string, colours: boolean): string {
  const { time, level, context: _, msg, stack, ...fields } = JSON.parse(json) as JsonLine;
  const shade = (text: string, colour: number) => (colours ? `\u001b[${colour}m${text}\u001b[0m` : text);
  const word = shade(level.toUpperCase().padEnd(5), colourOf[level] ?? 32);
  const more = Object.entries(fields).map(([name, value]) => shade(` ${name}=${printable(value)}`, 90));
  const trace = stack === undefined ? [] : stack.split(/\r\n|\r|\n/).map((line) => `    ${visible(line)}`);
  const head = `${shade(time.replace('T', ' ').replace('Z', ''), 90)} ${word} ${visible(msg)}${more.join('')}`;
  return `${[head, ...trace].join('\n')}\n`;
}

function printable(value: unknown): string {
  return visible(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Control characters, and the line ends of Unicode, as `\\u000a`. */
function visible(text: string): string {
  return text.replace(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
