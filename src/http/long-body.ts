import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../config/settings.ts';

/** The bodies of bulk writes and uploads may take as long as they keep coming: this rate, and no pause of REQUEST_SECONDS. */
export const BYTES_A_SECOND = 100;

/** How long a body may still take. */
export type LongBody = {
  /** While this runs, the client may be waiting for us, and need not send. */
  whileBusy<T>(work: Promise<T>): Promise<T>;
};

const LONG = Symbol('its body may take longer than REQUEST_SECONDS');
type Marked = Socket & { [LONG]?: boolean; server?: { emit(event: string, ...values: unknown[]): boolean } };

/** Whether Node's time-out for a whole request (requestTimeout has no exceptions) does not hold for what arrives here. */
export function hasLongBody(socket: object): boolean {
  return (socket as Marked)[LONG] === true;
}

/**
 * Lets the body of this request take longer than REQUEST_SECONDS in all. Once a second it looks what has come: a client
 * that sends nothing for REQUEST_SECONDS, or has been waited for longer than REQUEST_SECONDS and what its bytes earned,
 * is answered as by Node's own time-out (408, or the end of the connection when the answer has begun). What waits to be read
 * by us is not the client's fault.
 */
export function takeLongBody({ raw }: FastifyRequest, { REQUEST_SECONDS }: Settings): LongBody {
  const socket = raw.socket as Marked;
  let busy = 0;
  let waited = 0;
  let idle = 0;
  const start = socket.bytesRead;
  let last = start;

  const end = () => {
    clearInterval(timer);
    socket[LONG] = false;
  };
  const look = () => {
    if (raw.readableEnded || raw.destroyed) return end();
    const hasCome = socket.bytesRead > last;
    last = socket.bytesRead;
    if (busy > 0 || raw.readableLength > 0) return;
    waited += 1;
    idle = hasCome ? 0 : idle + 1;
    if (idle < REQUEST_SECONDS && waited <= REQUEST_SECONDS + (last - start) / BYTES_A_SECOND) return;
    end();
    const error = Object.assign(new Error('the body does not arrive'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    socket.server?.emit('clientError', error, socket);
  };

  const timer = setInterval(look, 1_000).unref();
  socket[LONG] = true;
  raw.once('end', end).once('close', end);
  return {
    async whileBusy(work) {
      busy += 1;
      try {
        return await work;
      } finally {
        busy -= 1;
        idle = 0;
      }
    },
  };
}
