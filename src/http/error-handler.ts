import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Settings } from '../config/settings.ts';
import { AppError } from '../lib/app-error.ts';
import { problemOf, sendProblem } from './problems.ts';
import { translateError } from './translate-error.ts';

export type FailureHandler = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** Turns whatever was thrown into a problem, and leaves its code with the request. */
export function failWith(settings: Settings): FailureHandler {
  return (thrown, request, reply) => {
    const error = noted(thrown, request, settings);
    // Fastify closes the connection after a body that it refused. A client that writes everything before it reads would
    // see a reset instead of the problem; kept open, Node reads the rest away, for REQUEST_SECONDS at most.
    if (reply.hasHeader('connection') && reply.raw.shouldKeepAlive) reply.header('connection', 'keep-alive');
    // Said of the answer that there would have been: a client would ask again for a version of nothing.
    for (const name of ['etag', 'content-disposition']) reply.removeHeader(name);
    reply.headers(error.headers);
    sendProblem(reply, problemOf(error, request.id));
  };
}

/**
 * Fastify's own log lines, switched off except for a stream that fails after its headers were sent: no problem can be
 * answered any more, so the request's line is the only place for it.
 */
export function quietLog(settings: Settings): LogController {
  const quiet = new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' });
  return Object.assign(quiet, {
    streamError: (error: Error & { code?: string }, request: FastifyRequest): void => {
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') noted(error, request, settings);
    },
  });
}

/** The statement was made by the columns of before: by those of now it would have been another one. */
function askAgain(): AppError {
  return new AppError('catalog.changed', 'An import brought another catalog while the request was answered.', {
    headers: { 'retry-after': '1' },
  });
}

/** What is our fault goes to the request's line with its stack; what was refused on purpose with its code only. */
function noted(thrown: unknown, request: FastifyRequest, settings: Settings): AppError {
  const told = translateError(thrown, { hasBody: request.body !== undefined, bodyBytes: settings.BODY_BYTES });
  const error = told.code === 'warehouse.failed' && request.server.lifecycle.isStale === true ? askAgain() : told;
  request.facts.code = error.code;
  if (error.status === 500 || (error.status > 500 && error.cause !== undefined)) {
    request.facts.err = error.code === 'internal.error' ? (error.cause ?? error) : error;
  }
  return error;
}
