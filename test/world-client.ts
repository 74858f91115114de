import type { App } from '../src/http/server.ts';

export type Row = Readonly<Record<string, unknown>>;
/** The envelope of an answer, as far as tests look into it. */
export type Envelope = {
  readonly data: readonly Row[];
  readonly page?: {
    readonly nextCursor: string | null;
    readonly total?: number;
    readonly facets?: readonly { field: string; values: readonly { value: unknown; rows: number }[]; others: number }[];
  };
  readonly meta: Row & { readonly asOf: string; readonly warnings: readonly string[] };
};
export type Refusal = {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
};
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body read as JSON: an answer; `problem` for the same as a refusal. */
  readonly json: Envelope;
  readonly problem: Refusal;
};
type Headers = Readonly<Record<string, string>>;
export type Client = {
  get(path: string, headers?: Headers): Promise<Reply>;
  head(path: string, headers?: Headers): Promise<Reply>;
  post(path: string, body: unknown, headers?: Headers): Promise<Reply>;
  /** A write of a record; `headers` as for the others. */
  write(method: 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers?: Headers): Promise<Reply>;
};

/** Sends requests to an app that does not listen. */
export function clientOf(app: App): Client {
  const send = async (
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    headers: Headers = {},
    body?: unknown,
  ) => {
    const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const reply = await app.inject({ method, url, headers: { host: 'test', ...type, ...headers }, ...payload });
    const read = () => JSON.parse(reply.body) as unknown;
    return {
      status: reply.statusCode,
      headers: reply.headers,
      text: reply.body,
      get json() {
        return read() as Envelope;
      },
      get problem() {
        return read() as Refusal;
      },
    };
  };
  return {
    get: (path, headers) => send('GET', path, headers),
    head: (path, headers) => send('HEAD', path, headers),
    post: (path, body, headers) => send('POST', path, headers, body),
    write: (method, path, body, headers) => send(method, path, headers, body),
  };
}

/** An address with its parameters; a list is repeated, members of an object stand in brackets. */
export function withQuery(path: string, params: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) add(name, one);
    else if (typeof value !== 'object' || value === null) query.append(name, String(value));
    else for (const [member, one] of Object.entries(value)) add(`${name}[${member}]`, one);
  };
  for (const [name, value] of Object.entries(params)) add(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
