import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError, type DriverFailure } from '../driver.ts';
import { TOKEN_REFUSED } from '../sign-in-advice.ts';
import type { Exchange } from './exchange.ts';

/** Of a request of the driver's HTTP client (axios), what is looked at here. */
export type Request = {
  url?: string;
  timeout?: number;
  signal?: AbortSignal;
  useSnowflakeRetryMiddleware?: boolean;
};
export type Response = { readonly status: number; readonly headers: Headers; readonly data: unknown };
type Headers = Readonly<Record<string, unknown>>;
export type Send = (request: Request) => Promise<Response>;

type RequestKind = 'login' | 'token' | 'query' | 'result' | 'session' | 'chunk';
const KINDS: readonly (readonly [RegExp, RequestKind])[] = [
  [/\/session\/v1\/login-request/, 'login'],
  [/\/queries\/v1\/query-request/, 'query'],
  [/\/queries\/[^/]+\/result/, 'result'],
  [/\/(queries|session|telemetry|monitoring)\b/, 'session'],
];
/** Longest silence of what answers at once: all but statements. */
const QUICK_MS = 30_000;
const LONGEST_WAIT_MS = 8000;
const FIRST_WAIT_MS = 200;
/** Object stores answer 403 now and then for a link that is good. */
const FORBIDDEN_TRIES = 2;

/** What went wrong with one try. `wasSent`: it may have been carried out. */
type Problem = {
  readonly text: string;
  readonly wasSent: boolean;
  readonly isPassing: boolean;
  readonly status?: number | undefined;
  readonly afterMs?: number | undefined;
};

/**
 * Sends a request until it is answered, for as long as its exchange allows; the driver's own retries (7 to 16 of them, over
 * up to 26 minutes, also of what must not be sent twice) never begin. A statement that may not be carried out twice is
 * sent again only when it was certainly not carried out. What is given up, ends the exchange.
 */
export function patient(send: Send, current: () => Exchange | undefined): Send {
  return async (request) => {
    request.useSnowflakeRetryMiddleware = false;
    const exchange = current();
    if (exchange === undefined) return send(request);
    const kind = kindOf(request, exchange);
    let until = Infinity;
    for (let tries = 1; ; tries += 1) {
      const { problem, response } = await tryOnce(send, request, exchange, kind, until);
      if (response !== undefined) return response;
      until = Math.min(until, performance.now() + exchange.limits.retryMs);
      const wait = problem.afterMs ?? waitMs(tries);
      const isForbidden = problem.status === 403 && kind === 'chunk' && tries < FORBIDDEN_TRIES;
      const isSafe = exchange.limits.isRepeatable || kind !== 'query' || !problem.wasSent;
      const isWorthIt = (problem.isPassing || isForbidden) && isSafe && performance.now() + wait < until;
      if (!isWorthIt) exchange.end(givenUp(problem, kind, exchange));
      else await sleep(wait, undefined, { signal: exchange.signal }).catch(() => {});
    }
  };
}

async function tryOnce(
  send: Send,
  request: Request,
  exchange: Exchange,
  kind: RequestKind,
  until: number,
): Promise<{ problem: Problem; response?: undefined } | { problem?: undefined; response: Response }> {
  if (exchange.failure !== undefined) throw stopped(exchange.failure);
  const silence = kind === 'session' || kind === 'chunk' ? QUICK_MS : exchange.limits.silenceMs;
  const timeout = Math.max(100, Math.ceil(Math.min(silence, exchange.limits.silenceMs, until - performance.now())));
  const signals = [exchange.signal, ...(request.signal === undefined ? [] : [request.signal])];
  try {
    const response = await send({ ...request, timeout, signal: AbortSignal.any(signals) });
    if (kind !== 'session') exchange.bytes += sizeOf(response);
    return { response };
  } catch (error) {
    if (exchange.failure !== undefined) throw stopped(exchange.failure);
    return { problem: problemOf(error) };
  }
}

/** The driver gives up at once what was cancelled. */
function stopped(failure: DriverError): Error {
  return Object.assign(new Error(failure.message), { code: 'ERR_CANCELED' });
}

function kindOf({ url = '' }: Request, { limits }: Exchange): RequestKind {
  return KINDS.find(([pattern]) => pattern.test(url))?.[1] ?? (limits.isSignIn === true ? 'token' : 'chunk');
}

/** Half of it by chance, so that those who failed together do not come again together. */
function waitMs(tries: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
  return longest / 2 + (Math.random() * longest) / 2;
}

function sizeOf({ headers, data }: Response): number {
  const length = Number(headers['content-length']);
  return Number.isFinite(length) ? length : typeof data === 'string' ? data.length : 0;
}

/** Errors of a connection that was never made. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const BAD_CERTIFICATE = /CERT|SIGNATURE|OCSP|CRL/;

function problemOf(error: unknown): Problem {
  const { code = '', message, response } = error as Error & { code?: string; response?: Response };
  if (response === undefined) {
    const text = message === '' ? code : message;
    if (NOT_CONNECTED.test(code)) return { text, wasSent: false, isPassing: true };
    return { text, wasSent: !BAD_CERTIFICATE.test(code), isPassing: !BAD_CERTIFICATE.test(code) };
  }
  const { status, headers } = response;
  if (status < 400) return { text: 'the answer broke off', wasSent: true, isPassing: true };
  const isServers = status >= 500 || status === 408;
  return {
    text: `HTTP status ${status}`,
    wasSent: isServers,
    isPassing: isServers || status === 429,
    status,
    afterMs: secondsAfter(headers['retry-after']),
  };
}

function secondsAfter(header: unknown): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function givenUp(problem: Problem, kind: RequestKind, { limits }: Exchange): DriverError {
  const { text, wasSent, isPassing, status } = problem;
  if (kind === 'token' && status !== undefined && !isPassing) {
    return new DriverError('signIn', `the token endpoint answered ${text}`, { code: TOKEN_REFUSED });
  }
  if (status === 401) return new DriverError(kind === 'login' ? 'signIn' : 'gone', `the account answered ${text}`);
  if (status === 403 && kind === 'chunk') {
    return new DriverError('unreachable', 'the links to the rest of the result have run out; run the statement again');
  }
  const isLost = !limits.isRepeatable && (kind === 'result' || (kind === 'query' && wasSent));
  const failure: DriverFailure = isLost ? 'lost' : 'unreachable';
  return new DriverError(failure, isLost ? `the answer was lost: ${text}` : `the account cannot be reached: ${text}`);
}
