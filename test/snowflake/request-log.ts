import type { Bindings } from './binds.ts';
import type { RequestKind } from './faults.ts';

/** One request as it came in, and how it ended. */
export type LoggedRequest = {
  readonly number: number;
  readonly kind: RequestKind;
  readonly path: string;
  readonly at: number;
  requestId?: string | undefined;
  /** Of a request that the driver sends again: how often it has. */
  retryCount?: number | undefined;
  sessionId?: number | undefined;
  sql?: string | undefined;
  binds?: Bindings | undefined;
  bindStage?: string | undefined;
  parameters?: Readonly<Record<string, unknown>> | undefined;
  /** QUERY_TAG of the statement, else of the session. */
  tag?: string | undefined;
  queryId?: string | undefined;
  /** Of a login: how, without its secrets. */
  login?: Readonly<Record<string, unknown>> | undefined;
  /** `ok`, an error's code, an HTTP status, or `fault:` and its kind. */
  outcome?: string | undefined;
};

export class RequestLog {
  readonly #requests: LoggedRequest[] = [];
  #count = 0;

  start(kind: RequestKind, path: string): LoggedRequest {
    this.#count += 1;
    const request: LoggedRequest = { number: this.#count, kind, path, at: Date.now() };
    this.#requests.push(request);
    return request;
  }

  /** All requests since the last clear, in order. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** Requests that carried a statement, those that were sent again too. */
  get statements(): readonly LoggedRequest[] {
    return this.#requests.filter(({ kind, sql }) => kind === 'query' && sql !== undefined);
  }

  of(kind: RequestKind): readonly LoggedRequest[] {
    return this.#requests.filter((request) => request.kind === kind);
  }

  clear(): void {
    this.#requests.length = 0;
  }
}
