import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../lib/app-error.ts';

/**
 * Aborts with `statement.cancelled` when the client leaves before the reply has ended. Fastify's own `request.signal` is
 * aborted at once for requests with a body (5.12.8 on Node 24).
 */
export function abortSignalOf(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const leave = (): void => {
    if (isAnswered(request, reply)) return;
    controller.abort(
      new AppError('statement.cancelled', 'The client closed the connection before the answer was complete.'),
    );
  };
  if (reply.raw.destroyed || request.raw.socket.destroyed) leave();
  else reply.raw.once('close', leave);
  return controller.signal;
}

/** Whether the whole reply was handed over; asked when the reply has closed. Injected requests close before they finish, and their sockets are never destroyed. */
export function isAnswered(request: FastifyRequest, reply: FastifyReply): boolean {
  return reply.raw.writableFinished || (reply.raw.writableEnded && !request.raw.socket.destroyed);
}
