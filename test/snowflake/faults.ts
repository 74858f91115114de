/** What a request is, which faults and the log name. */
export const REQUEST_KINDS = Object.freeze([
  'login',
  'token',
  'query',
  'result',
  'monitor',
  'abort',
  'chunk',
  'upload',
  'heartbeat',
  'renew',
  'delete',
  'telemetry',
] as const);
export type RequestKind = (typeof REQUEST_KINDS)[number];

export type FaultAction =
  /** Answers this HTTP status and does nothing. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  /** Never answers; the request is not carried out. */
  | { readonly kind: 'hang' }
  /** Cuts the connection before anything is done, or in the middle of the answer. */
  | { readonly kind: 'cut'; readonly where: 'start' | 'middle' }
  /** Carries the request out and cuts the connection instead of answering. */
  | { readonly kind: 'lost' }
  /** Sends the answer in pieces over so many milliseconds. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The session's token has run out (390112), or the session is gone (390111). */
  | { readonly kind: 'expired' | 'gone' }
  /** An error of Snowflake: a suspended warehouse, a missing privilege. */
  | { readonly kind: 'error'; readonly code: string; readonly sqlState: string; readonly message: string }
  /** Every VARIANT cell of the answer is this text. */
  | { readonly kind: 'cell'; readonly text: string };

export type Fault = {
  readonly on: RequestKind;
  readonly action: FaultAction;
  /** How often; default once. */
  readonly times?: number;
  /** How many requests pass before. */
  readonly after?: number;
  /** Only requests whose SQL this finds (without regard to case). */
  readonly sql?: string;
};

/** Faults that are switched on, each for a number of requests. */
export class Faults {
  #active: { fault: Fault; wait: number; left: number }[] = [];

  add(fault: Fault): void {
    this.#active.push({ fault, wait: fault.after ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#active = [];
  }

  /** The action for a request; the first fault that fits is used up by one. */
  take(kind: RequestKind, sql: string | undefined): FaultAction | undefined {
    for (const one of this.#active) {
      const { on, sql: part, action } = one.fault;
      const fits = on === kind && (part === undefined || sql?.toLowerCase().includes(part.toLowerCase()) === true);
      if (!fits || one.left <= 0) continue;
      if (one.wait > 0) {
        one.wait -= 1;
        continue;
      }
      one.left -= 1;
      return action;
    }
    return undefined;
  }
}
