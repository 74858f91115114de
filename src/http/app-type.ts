import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ErrorCode } from '../lib/error-catalog.ts';
// As a type only: the provider's run-time import costs 250 ms at start.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';

/** The server with TypeBox schemas as types; every plugin and route takes it. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/**
 * What is known about one request besides its address; handlers fill it in, the log line and the metrics read it. No
 * values of the request belong here: ids are personal.
 */
export type Facts = {
  rows?: number;
  cache?: 'hit' | 'miss' | 'shared';
  /** Milliseconds that statements ran. */
  statementMs?: number;
  /** Bytes of the results of statements, where the engine tells. */
  statementBytes?: number;
  /** Milliseconds that statements waited for a connection. */
  waitMs?: number;
  tenant?: string;
  analysis?: string;
  /** Code of the problem that was answered. */
  code?: ErrorCode;
  /** What went wrong on our side, for the log. */
  err?: unknown;
};

/** A request whose answer ended, was cut off, or was never taken (status 499). `route` is the pattern, never the address. */
export type RequestEnd = {
  readonly requestId: string;
  readonly method: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly ms: number;
  readonly bytes: number;
  readonly facts: Readonly<Facts>;
};
export type RequestObserver = (end: RequestEnd) => void;

/** Where the service stands: `ready` takes requests, `draining` finishes those that run. `running` is the number of requests that did not end yet. */
/** `isStale`: rows of another catalog may be stored by now, and whoever still asks by this one may be refused by the warehouse. */
export type Lifecycle = { phase: 'starting' | 'ready' | 'draining'; running: number; isStale?: boolean };

declare module 'fastify' {
  interface FastifyRequest {
    facts: Facts;
  }
  interface FastifyInstance {
    /** Changed by `markReady` and `drain` only. */
    readonly lifecycle: Lifecycle;
    readonly serviceVersion: string;
    /** Calls the observer once for every request that ended. */
    onRequestEnd(observer: RequestObserver): void;
  }
}
