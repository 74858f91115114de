import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { failureBody } from './answers.ts';
import { asSnowflakeError, SnowflakeError } from './errors.ts';
import type { FaultAction, Faults, RequestKind } from './faults.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';

/** A request as routes see it. */
export type Incoming = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
  /** The part of the path that the route's pattern caught. */
  readonly part: string;
  readonly logged: LoggedRequest;
  /** A fault that the route itself has to carry out. */
  readonly fault: FaultAction | undefined;
};
export type Reply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | Buffer;
};
export type Route = {
  readonly method: string;
  readonly path: RegExp;
  readonly kind: RequestKind;
  readonly answer: (incoming: Incoming) => Promise<Reply> | Reply;
};

/** Serves routes, logs every request and carries out faults of the transport. */
export function serve(routes: readonly Route[], log: RequestLog, faults: Faults, now: () => number): Server {
  return createServer((request, response) => {
    response.setHeader('date', new Date(now()).toUTCString());
    respond(request, response, routes, log, faults).catch(() => response.destroy());
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route[],
  log: RequestLog,
  faults: Faults,
): Promise<void> {
  const body = await readBody(request);
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const found = routes.find(({ method, path }) => method === request.method && path.test(url.pathname));
  if (found === undefined) return send(response, { status: 404, body: {} });
  const json = jsonOf(body, request.headers['content-type']);
  const logged = note(log, found.kind, url, json);
  const fault = faults.take(found.kind, logged.sql);
  if (fault !== undefined) logged.outcome = `fault:${fault.kind}`;
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'cut' && fault.where === 'start') return void response.destroy();
  if (fault?.kind === 'status') {
    const retry = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
    return send(response, { status: fault.status, headers: retry, body: Buffer.from('fault') });
  }
  const part = found.path.exec(url.pathname)?.[1] ?? '';
  const incoming = { method: found.method, url, headers: request.headers, body, json, part, logged, fault };
  const reply = await replyOf(found, incoming);
  if (fault?.kind === 'lost') return void response.destroy();
  if (fault?.kind === 'cut') return cutMiddle(response, reply);
  return fault?.kind === 'slow' ? sendSlowly(response, reply, fault.ms) : send(response, reply);
}

/** Errors are answered with status 200, as Snowflake does. */
async function replyOf({ answer }: Route, incoming: Incoming): Promise<Reply> {
  const { fault, logged } = incoming;
  try {
    if (fault?.kind === 'error') throw new SnowflakeError(fault.code, fault.sqlState, fault.message);
    const reply = await answer(incoming);
    const code = 'code' in reply.body ? reply.body.code : undefined;
    logged.outcome ??= typeof code === 'string' ? code : 'ok';
    return reply;
  } catch (error) {
    const failure = asSnowflakeError(error);
    logged.outcome ??= failure.code;
    return { body: failureBody(failure) };
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function jsonOf(body: Buffer, type: string | undefined): Readonly<Record<string, unknown>> {
  if (body.length === 0 || type?.includes('json') !== true) return {};
  return JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
}

function note(log: RequestLog, kind: RequestKind, url: URL, json: Readonly<Record<string, unknown>>): LoggedRequest {
  const logged = log.start(kind, url.pathname);
  logged.requestId = url.searchParams.get('requestId') ?? undefined;
  const retries = url.searchParams.get('retryCount');
  if (retries !== null) logged.retryCount = Number(retries);
  if (kind === 'query') {
    logged.sql = String(json['sqlText']);
    logged.binds = json['bindings'] as LoggedRequest['binds'];
    logged.bindStage = json['bindStage'] as string | undefined;
    logged.parameters = json['parameters'] as LoggedRequest['parameters'];
  }
  return logged;
}

function bytesOf({ body, headers }: Reply): { bytes: Buffer; headers: Readonly<Record<string, string>> } {
  if (Buffer.isBuffer(body))
    return { bytes: body, headers: { 'content-type': 'application/octet-stream', ...headers } };
  return { bytes: Buffer.from(JSON.stringify(body)), headers: { 'content-type': 'application/json', ...headers } };
}

function send(response: ServerResponse, reply: Reply): void {
  const { bytes, headers } = bytesOf(reply);
  response.writeHead(reply.status ?? 200, { ...headers, 'content-length': bytes.length });
  response.end(bytes);
}

function cutMiddle(response: ServerResponse, reply: Reply): void {
  const { bytes, headers } = bytesOf(reply);
  response.writeHead(reply.status ?? 200, { ...headers, 'content-length': bytes.length });
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy());
}

const PIECES = 10;

async function sendSlowly(response: ServerResponse, reply: Reply, ms: number): Promise<void> {
  const { bytes, headers } = bytesOf(reply);
  response.writeHead(reply.status ?? 200, { ...headers, 'content-length': bytes.length });
  const size = Math.ceil(bytes.length / PIECES);
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await new Promise((resolve) => setTimeout(resolve, ms / PIECES));
  }
  response.end();
}
