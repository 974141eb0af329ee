import createClient, { type Client } from 'openapi-fetch';
import { problemIn, ApiError } from './errors.js';
import type { components, paths } from './schema.js';

/** The shapes of answers, by their names in the OpenAPI document. */
export type Schemas = components['schemas'];

/**
 * Every call of the server, with the types of its path, query, body and answer:
 * `api.GET('/api/tasks/{task_id}', { params: { path: { task_id } } })`.
 */
export type Api = Client<paths>;

export interface ApiOptions {
  /** The access token of a request that is about to be sent; null sends none. */
  readonly token?: () => string | null | Promise<string | null>;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Calls of the server at an address, each sent once. */
export function createApi(url: string, { token, fetch }: ApiOptions = {}): Api {
  const api = createClient<paths>({ baseUrl: url, ...(fetch && { fetch }) });
  if (token)
    api.use({
      onRequest: async ({ request }) => {
        const accessToken = await token();
        if (accessToken !== null) request.headers.set('Authorization', `Bearer ${accessToken}`);
      },
    });
  return api;
}

/** What a call of `Api` comes to. */
interface Outcome<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The answer of a call. @throws ApiError when the server refused it */
export async function answered<Data>(call: Promise<Outcome<Data>>): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiError(response.status, problemIn(error));
  return data as Exclude<Data, undefined>;
}
