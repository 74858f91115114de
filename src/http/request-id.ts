import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const HEADER = 'x-request-id';

/**
 * The id of a request: the client's `X-Request-Id` when it is 1 to 64 letters, digits, `.`, `_` or `-`, else a new one.
 * The header holds it from here on, so that a fault of the parser, which knows only the message, names the same id.
 */
export function requestIdOf(message: Pick<IncomingMessage, 'headers'>): string {
  const given = message.headers[HEADER];
  const id = typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
  message.headers[HEADER] = id;
  return id;
}
