import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS } from '../lib/error-catalog.ts';
import { isAnswered } from './abort-signal.ts';
import type { Facts, Lifecycle, RequestEnd, RequestObserver } from './app-type.ts';

/** Called first for every request; it hears of the end whichever way it comes. */
export type RequestWatcher = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Watches requests to their end: finished, failed, or left by the client (499, or the status that `faultOf` knows when
 * the parser ended it). `onResponse` is not enough, Fastify calls it only for finished ones.
 */
export function requestWatcher(
  observers: readonly RequestObserver[],
  lifecycle: Lifecycle,
  faultOf: (socket: object) => number | undefined,
): RequestWatcher {
  return (request, reply) => {
    const startedAt = performance.now();
    const { socket } = request.raw;
    const sentBefore = socket.bytesWritten;
    request.facts = {};
    lifecycle.running += 1;
    reply.raw.once('close', () => {
      lifecycle.running -= 1;
      const end: RequestEnd = {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: isAnswered(request, reply) ? reply.statusCode : (faultOf(socket) ?? cutOff(request.facts)),
        ms: performance.now() - startedAt,
        bytes: socket.bytesWritten - sentBefore || 0,
        facts: request.facts,
      };
      for (const observe of observers) observe(end);
    });
  };
}

/** An answer that broke off has the status of what broke it; without a reason of ours the client left. */
function cutOff({ code }: Facts): number {
  return code === undefined ? 499 : ERRORS[code].status;
}

/**
 * One line per request. It never has the address, its values or a body: ids are personal. An error of ours makes the
 * line an `error`, another 5xx a `warn`.
 */
export function logRequests(logger: FastifyBaseLogger): RequestObserver {
  return ({ facts, ms, ...end }) => {
    const level = facts.err !== undefined ? 'error' : end.status >= 500 ? 'warn' : 'info';
    logger[level]({ ...end, ms: hundredths(ms), ...rounded(facts) }, 'request');
  };
}

function rounded(facts: Readonly<Facts>): Readonly<Facts> {
  const { statementMs, waitMs } = facts;
  if (statementMs === undefined && waitMs === undefined) return facts;
  return {
    ...facts,
    ...(statementMs !== undefined && { statementMs: hundredths(statementMs) }),
    ...(waitMs !== undefined && { waitMs: hundredths(waitMs) }),
  };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
