import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type Level, type Logger } from 'pino';
import type { Config } from '../config/config.js';
import { formatStack } from './format-stack.js';
import { censored, redact, secretField, withoutParameters } from './redact.js';
import { textLine } from './text-line.js';

/** A message with further fields, as `new Logger('Http').log({ message, request_id })` takes it. */
interface LogEntry {
  readonly message: string;
  /** Of an error: written below the message, or into a field of its own. */
  readonly stack?: string | undefined;
  readonly [field: string]: unknown;
}

export interface LogOptions {
  readonly level: Config['logLevel'];
  readonly format: 'json' | 'text';
  readonly colours?: boolean;
  /** Where the lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * The server's log: one JSON object a line, or the same for people. Secrets are taken out of messages,
 * stacks and fields alike, and nothing that a request says can begin a line.
 */
export class Log implements LoggerService {
  readonly #pino: Logger;

  constructor({ level, format, colours = false, destination = process.stdout }: LogOptions) {
    const stream: DestinationStream =
      format === 'json'
        ? destination
        : {
            write: (line) => {
              destination.write(textLine(line, colours));
            },
          };
    this.#pino = pino(
      {
        level: level === 'log' ? 'info' : level,
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      stream,
    );
  }

  log(message: unknown, context?: string): void {
    this.#write('info', message, context);
  }

  warn(message: unknown, context?: string): void {
    this.#write('warn', message, context);
  }

  debug(message: unknown, context?: string): void {
    this.#write('debug', message, context);
  }

  verbose(message: unknown, context?: string): void {
    this.#write('debug', message, context);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#failure('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#failure('error', message, rest);
  }

  /** Nest gives `(message, context)` or `(message, stack, context)`. */
  #failure(level: Level, message: unknown, rest: unknown[]): void {
    const words = rest.filter((part) => typeof part === 'string');
    const context = words.at(-1);
    const stack = words.length > 1 ? words[0] : undefined;
    this.#write(level, stack === undefined ? message : { ...entryOf(message), stack }, context);
  }

  #write(level: Level, message: unknown, context: string | undefined): void {
    if (!this.#pino.isLevelEnabled(level)) return;
    const { message: text, ...fields } = entryOf(message);
    const safe: Record<string, unknown> = context === undefined ? {} : { context };
    for (const [name, value] of Object.entries(fields))
      if (value !== undefined) safe[name] = safeValue(name, value);
    this.#pino[level](safe, redact(context === undefined ? text : `[${context}] ${text}`));
  }
}

function entryOf(message: unknown): LogEntry {
  if (typeof message === 'string') return { message };
  if (message instanceof Error) return { message: message.message, stack: formatStack(message) };
  if (typeof message === 'object' && message !== null && 'message' in message) return message as LogEntry;
  return { message: JSON.stringify(message) };
}

function safeValue(name: string, value: unknown): unknown {
  if (secretField.test(name)) return censored;
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  return JSON.parse(redact(JSON.stringify(value, plainMember))) as unknown;
}

function plainMember(_: string, member: unknown): unknown {
  if (member instanceof Error) return formatStack(member);
  return typeof member === 'string' ? withoutParameters(member) : member;
}
