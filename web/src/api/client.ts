import type { Page, Problem, TokenPair } from '@app/contracts';
import { forgetTokens, readTokens, writeTokens, type Tokens } from './tokens';

/** An answer other than 2xx, or none: then `status` is 0 and `code` is OFFLINE. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  get isOffline(): boolean {
    return this.status === 0;
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Refreshed this long before its end: a request on its way must not arrive with an expired token. */
const refreshAheadMs = 30_000;

let onSignedOut: () => void = () => undefined;
let refreshing: Promise<Tokens | null> | null = null;

/** Says what to do when the login has ended and cannot be refreshed. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

/**
 * One call of the API, as JSON.
 *
 * @throws ApiError with the server's own message and, by path, what is wrong with each field
 */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/** As `request`, but the raw answer: for files and streams. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  let token = await accessToken();
  let response = await attempt(path, options, token);
  if (response.status === 401 && token !== null) {
    token = await accessToken({ refusing: token });
    if (token !== null) response = await attempt(path, options, token);
  }
  if (response.ok) return response;
  const error = await errorOf(response);
  if (response.status === 401 && token === null) endSession();
  throw error;
}

const longestPage = 200;

/** All items of a list, page after page, for those who choose among them. */
export async function requestAll<Item>(path: string, signal?: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Item> = await request(path, {
      query: { limit: longestPage, cursor },
      ...(signal && { signal }),
    });
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/**
 * Sends a file and tells how much of it has gone out, as a fraction; `fetch` cannot say that.
 *
 * @throws ApiError as `request` does
 */
export async function upload<Answer>(
  path: string,
  file: Blob,
  options: Pick<RequestOptions, 'query' | 'headers'> & { readonly onProgress: (fraction: number) => void },
): Promise<Answer> {
  const token = await accessToken();
  const sending = new XMLHttpRequest();
  const answered = new Promise<Response>((resolve, reject) => {
    sending.upload.onprogress = ({ loaded, total }) => options.onProgress(total > 0 ? loaded / total : 0);
    sending.onload = () => resolve(new Response(sending.responseText, { status: sending.status }));
    sending.onerror = () => reject(new ApiError(0, 'OFFLINE', 'The server cannot be reached.'));
  });
  sending.open('POST', addressOf(path, options.query));
  const headers = { 'Content-Type': 'application/octet-stream', ...options.headers };
  for (const [name, value] of Object.entries(headers)) sending.setRequestHeader(name, value);
  if (token !== null) sending.setRequestHeader('Authorization', `Bearer ${token}`);
  sending.send(file);
  const response = await answered;
  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as Answer;
}

/** 128 random bits for an `Idempotency-Key`; `crypto.randomUUID` is missing on plain http. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/** Signs in and keeps the tokens. */
export async function signIn(username: string, password: string): Promise<void> {
  const response = await attempt('/api/auth/login', { method: 'POST', body: { username, password } }, null);
  if (!response.ok) throw await errorOf(response);
  writeTokens((await response.json()) as TokenPair);
}

/**
 * An access token that is still good, refreshed if need be; null when there is no login any more.
 * `refusing` is a token that the server has just turned down.
 */
async function accessToken({ refusing }: { refusing?: string } = {}): Promise<string | null> {
  const tokens = readTokens();
  if (tokens === null) return null;
  const isFresh = tokens.expiresAtMs - Date.now() > refreshAheadMs;
  if (isFresh && tokens.accessToken !== refusing) return tokens.accessToken;
  refreshing ??= refresh(tokens).finally(() => (refreshing = null));
  return (await refreshing)?.accessToken ?? null;
}

/** Two tabs may refresh at once: the server gives a token that was just spent the same successor again. */
async function refresh(tokens: Tokens): Promise<Tokens | null> {
  const body = { refresh_token: tokens.refreshToken };
  const response = await attempt('/api/auth/refresh', { method: 'POST', body }, null);
  if (response.ok) return writeTokens((await response.json()) as TokenPair);
  if (response.status !== 401 && response.status !== 422) throw await errorOf(response);
  endSession();
  return null;
}

function endSession(): void {
  forgetTokens();
  onSignedOut();
}

async function attempt(path: string, options: RequestOptions, token: string | null): Promise<Response> {
  const { method = 'GET', body, query, signal } = options;
  const headers = {
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(token !== null && { Authorization: `Bearer ${token}` }),
    ...options.headers,
  };
  try {
    return await fetch(addressOf(path, query), {
      method,
      headers,
      cache: 'no-store',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, 'OFFLINE', 'The server cannot be reached.');
  }
}

/** A path with its query; what is undefined or empty is left out. */
function addressOf(path: string, query: RequestOptions['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(key, String(value));
  return search.size > 0 ? `${path}?${search.toString()}` : path;
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const { code, detail, errors } = (await response.json()) as Problem;
    const fields = Object.fromEntries((errors ?? []).map(({ path, message }) => [path, message]));
    return new ApiError(response.status, code, detail, fields);
  } catch {
    return new ApiError(response.status, 'UNEXPECTED', `The server answered ${response.status}.`);
  }
}
