import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

export type NodeRole = 'all' | 'api' | 'worker';

/** Everything the environment decides, validated once at boot. Injected by this class as its token. */
export abstract class Config {
  abstract readonly production: boolean;
  /** Relaxed admission: 5 % buffer and consumption factor 0.5. */
  abstract readonly devMode: boolean;
  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly dataDir: string;
  abstract readonly databaseUrl: string | null;
  abstract readonly role: NodeRole;
  abstract readonly nodeId: string;
  abstract readonly logLevel: 'debug' | 'log' | 'warn' | 'error';
  /** Null: text on a terminal, JSON lines otherwise. */
  abstract readonly logFormat: 'text' | 'json' | null;
  /** Where traces go (OTLP over HTTP) and as whose; null: nowhere. */
  abstract readonly traces: { readonly endpoint: string; readonly serviceName: string } | null;
  abstract readonly auth: {
    readonly adminUsername: string;
    readonly adminPassword: string | null;
    /** Null: made at first start and kept in the data folder. */
    readonly jwtSecret: string | null;
    readonly metricsToken: string | null;
  };
  /** Modules (files or packages) whose default exports are Nest modules to be loaded beside our own. */
  abstract readonly plugins: readonly string[];
  abstract readonly http: {
    readonly corsOrigins: readonly string[];
    /** How many proxies stand in front; each adds one entry to `X-Forwarded-For`. */
    readonly trustProxy: number;
    /** Most requests in 10 s; 0: no limit. */
    readonly requestsPerUser: number;
    readonly requestsPerAddress: number;
  };
  abstract readonly machine: {
    readonly cpuCores: number | null;
    readonly ramGb: number | null;
    readonly cpuBuffer: number;
    readonly ramBuffer: number;
    readonly consumptionFactor: number;
    /** The file tree with `proc` and `sys/fs/cgroup` that describes the machine to tests; null: the real one. */
    readonly hostRoot: string | null;
  };
  abstract readonly imports: {
    readonly maxUploadBytes: number;
    /** Proxies or mirrors in place of exchanges' own hosts, by the exchange's name. */
    readonly exchangeUrls: Readonly<Record<string, string>>;
  };
  /** What each user may keep: results in number, results and imported candles in bytes. */
  abstract readonly storage: {
    readonly maxResultsPerUser: number;
    readonly maxStoredBytesPerUser: number;
  };
  abstract readonly tasks: {
    readonly maxQueuedPerUser: number;
    readonly timeoutS: number;
    readonly maxAttempts: number;
    /** How long running tasks may go on after SIGTERM, in seconds. */
    readonly stopGraceS: number;
    /** After how many days finished tasks are forgotten with their results, and events after how many hours. */
    readonly keepDays: number;
    readonly keepEventsHours: number;
  };
}

/** A setting that cannot be used; the message names it and says what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const knownSecrets = new Set([
  'secret',
  'changeme',
  'change-me',
  'jwt_secret',
  'your-secret-key',
  'password',
]);
const knownPasswords = new Set([
  'admin',
  'password',
  'changeme',
  'change-me',
  'headroom',
  '123456',
  'admin123',
]);

const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'])
  .transform((word) => word === 'true' || word === '1' || word === 'yes');
const percent = z.coerce.number().min(0).max(90);
const positive = z.coerce.number().positive();

const environment = z
  .object({
    PORT: z.coerce.number().int().min(0).max(65535).default(8000),
    HOST: z.string().min(1).default('127.0.0.1'),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
      .optional(),
    TRADING_BOT_DEV_MODE: flag.default(false),
    NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
    ADMIN_USERNAME: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'must be 1 to 64 letters, digits or . _ @ -')
      .default('admin'),
    ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').max(256).optional(),
    JWT_SECRET: z.string().min(1).optional(),
    CORS_ORIGINS: z.string().default('').transform(readOrigins),
    TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0),
    METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
    HEADROOM_REQUESTS_PER_USER: z.coerce.number().int().min(0).max(1_000_000).default(1000),
    HEADROOM_REQUESTS_PER_ADDRESS: z.coerce.number().int().min(0).max(1_000_000).default(3000),
    LOG_LEVEL: z.enum(['debug', 'log', 'warn', 'error']).default('log'),
    LOG_FORMAT: z.enum(['text', 'json']).optional(),
    HEADROOM_DATA_DIR: z.string().min(1).default('./data'),
    HEADROOM_ROLE: z.enum(['all', 'api', 'worker']).default('all'),
    HEADROOM_NODE_ID: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits or . _ -')
      .optional(),
    HEADROOM_CPU_CORES: positive.max(4096).optional(),
    HEADROOM_RAM_GB: positive.max(65536).optional(),
    HEADROOM_HOST_ROOT: z
      .string()
      .refine(isHostTree, 'must be a folder with proc/stat and proc/meminfo')
      .optional(),
    HEADROOM_CPU_BUFFER_PERCENT: percent.optional(),
    HEADROOM_RAM_BUFFER_PERCENT: percent.optional(),
    HEADROOM_PLUGINS: z.string().default(''),
    HEADROOM_MAX_QUEUED_PER_USER: z.coerce.number().int().min(1).max(100_000).default(500),
    HEADROOM_TASK_TIMEOUT_S: z.coerce.number().int().min(1).max(604_800).default(3600),
    HEADROOM_KEEP_DAYS: z.coerce.number().int().min(1).max(36_500).default(365),
    HEADROOM_KEEP_EVENTS_HOURS: z.coerce.number().int().min(1).max(8760).default(24),
    HEADROOM_STOP_GRACE_S: z.coerce.number().min(0).max(3600).default(5),
    HEADROOM_MAX_ATTEMPTS: z.coerce.number().int().min(1).max(20).default(3),
    HEADROOM_MAX_RESULTS_PER_USER: z.coerce.number().int().min(1).max(10_000_000).default(10_000),
    HEADROOM_MAX_STORED_MB_PER_USER: z.coerce.number().int().min(1).max(100_000_000).default(10_240),
    HEADROOM_IMPORT_MAX_MB: z.coerce.number().int().min(1).max(1_048_576).default(2048),
    OTEL_EXPORTER_OTLP_ENDPOINT: z
      .url({ protocol: /^https?$/, error: 'must be an address such as http://localhost:4318' })
      .optional(),
    OTEL_SERVICE_NAME: z.string().min(1).max(255).default('headroom'),
    HEADROOM_EXCHANGE_URLS: z
      .string()
      .regex(
        /^([a-z0-9]+=https?:\/\/[^\s,/]+(,|$))*$/,
        'must be pairs such as binance=https://mirror.example.org, separated by commas',
      )
      .default(''),
  })
  .superRefine((env, context) => {
    const refuse = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (env.HEADROOM_ROLE !== 'all' && env.DATABASE_URL === undefined)
      refuse(
        'HEADROOM_ROLE',
        `${env.HEADROOM_ROLE} needs other nodes, which share work through DATABASE_URL`,
      );
    if (env.NODE_ENV !== 'production') return;
    if (env.JWT_SECRET === undefined) refuse('JWT_SECRET', 'is required when NODE_ENV=production');
    else if (Buffer.byteLength(env.JWT_SECRET) < 32)
      refuse('JWT_SECRET', `has ${Buffer.byteLength(env.JWT_SECRET)} bytes, needs at least 32`);
    else if (
      [...knownSecrets].some((known) => env.JWT_SECRET!.toLowerCase().replaceAll(known, '').length < 8)
    )
      refuse('JWT_SECRET', 'is a known default');
    if (env.HEADROOM_HOST_ROOT !== undefined)
      refuse('HEADROOM_HOST_ROOT', 'is for tests and cannot be set when NODE_ENV=production');
    if (env.ADMIN_PASSWORD !== undefined && knownPasswords.has(env.ADMIN_PASSWORD.toLowerCase()))
      refuse('ADMIN_PASSWORD', 'is a known default');
  });

/** Every variable that is read. */
export const variableNames: readonly string[] = Object.keys(environment.shape);

/** Ours too, though the server does not read them: `npm run demo` and the tests in a browser do. */
const readElsewhere = new Set(['HEADROOM_ADMIN_PASSWORD', 'HEADROOM_CHROMIUM']);
/** What Kubernetes tells every container of a service named `headroom…`. */
const ofService = /_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?$/;

/** Those of the names that look like settings of ours and are none: misspelt, most likely. */
export function unknownNames(names: readonly string[]): string[] {
  return names.filter(
    (name) =>
      name.startsWith('HEADROOM_') &&
      !variableNames.includes(name) &&
      !readElsewhere.has(name) &&
      !ofService.test(name),
  );
}

/**
 * Reads the configuration from environment variables; an empty variable counts as absent.
 *
 * @throws ConfigError naming every bad variable and what it must be
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`Configuration refused:\n${lines.join('\n')}`);
  }
  const env = parsed.data;
  const buffer = env.TRADING_BOT_DEV_MODE ? 5 : 20;
  return {
    production: env.NODE_ENV === 'production',
    devMode: env.TRADING_BOT_DEV_MODE,
    host: env.HOST,
    port: env.PORT,
    dataDir: resolve(env.HEADROOM_DATA_DIR),
    databaseUrl: env.DATABASE_URL ?? null,
    role: env.HEADROOM_ROLE,
    nodeId:
      env.HEADROOM_NODE_ID ??
      // Several nodes of one host share its name; an embedded store has but one.
      hostname()
        .replace(/[^A-Za-z0-9._-]/g, '-')
        .slice(0, 52) + (env.DATABASE_URL ? `-${process.pid}` : ''),
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT ?? null,
    traces:
      env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, serviceName: env.OTEL_SERVICE_NAME },
    auth: {
      adminUsername: env.ADMIN_USERNAME,
      adminPassword: env.ADMIN_PASSWORD ?? null,
      jwtSecret: env.JWT_SECRET ?? null,
      metricsToken: env.METRICS_TOKEN ?? null,
    },
    plugins: words(env.HEADROOM_PLUGINS),
    http: {
      corsOrigins: env.CORS_ORIGINS,
      trustProxy: env.TRUST_PROXY,
      requestsPerUser: env.HEADROOM_REQUESTS_PER_USER,
      requestsPerAddress: env.HEADROOM_REQUESTS_PER_ADDRESS,
    },
    machine: {
      cpuCores: env.HEADROOM_CPU_CORES ?? null,
      ramGb: env.HEADROOM_RAM_GB ?? null,
      cpuBuffer: (env.HEADROOM_CPU_BUFFER_PERCENT ?? buffer) / 100,
      ramBuffer: (env.HEADROOM_RAM_BUFFER_PERCENT ?? buffer) / 100,
      consumptionFactor: env.TRADING_BOT_DEV_MODE ? 0.5 : 0.8,
      hostRoot: env.HEADROOM_HOST_ROOT === undefined ? null : resolve(env.HEADROOM_HOST_ROOT),
    },
    imports: {
      maxUploadBytes: env.HEADROOM_IMPORT_MAX_MB * 2 ** 20,
      exchangeUrls: Object.fromEntries(
        words(env.HEADROOM_EXCHANGE_URLS).map((pair) => pair.split('=', 2)),
      ) as Record<string, string>,
    },
    storage: {
      maxResultsPerUser: env.HEADROOM_MAX_RESULTS_PER_USER,
      maxStoredBytesPerUser: env.HEADROOM_MAX_STORED_MB_PER_USER * 2 ** 20,
    },
    tasks: {
      maxQueuedPerUser: env.HEADROOM_MAX_QUEUED_PER_USER,
      timeoutS: env.HEADROOM_TASK_TIMEOUT_S,
      maxAttempts: env.HEADROOM_MAX_ATTEMPTS,
      stopGraceS: env.HEADROOM_STOP_GRACE_S,
      keepDays: env.HEADROOM_KEEP_DAYS,
      keepEventsHours: env.HEADROOM_KEEP_EVENTS_HOURS,
    },
  };
}

function isHostTree(folder: string): boolean {
  return ['stat', 'meminfo'].every((name) => existsSync(join(folder, 'proc', name)));
}

/** Origins as browsers write them, which is how they are compared: `https://a.example/` is `https://a.example`. */
function readOrigins(text: string, context: z.RefinementCtx): string[] {
  return words(text).map((word) => {
    const url = URL.canParse(word) ? new URL(word) : null;
    const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
    if (!isOrigin) context.addIssue(`"${word}" is not an origin such as https://app.example.org`);
    return url?.origin ?? '';
  });
}

/** The parts of a comma-separated list. */
function words(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}
