import { connect, type Socket } from 'node:net';
import { lasting } from './effort.ts';

/** What a load run measured: milliseconds per answer in order of arrival, statuses, and the whole run's seconds. */
export type Load = {
  readonly ms: Float64Array;
  readonly statuses: ReadonlyMap<number, number>;
  readonly seconds: number;
  readonly bytes: number;
};

export type LoadOptions = {
  readonly port: number;
  readonly connections: number;
  /** Path of the n-th request. */
  readonly path: (n: number) => string;
  /** Stop after this many answers, or after these seconds, whichever comes first. */
  readonly requests?: number;
  readonly seconds?: number;
  /** Stop when this says so. */
  readonly until?: () => boolean;
};

/**
 * A closed-loop load on keep-alive connections: each sends its next request when its answer is complete. Written on
 * plain sockets, because Node's own client costs more per request than the routes that it would measure.
 */
export function load({
  port,
  connections,
  path,
  requests = Infinity,
  seconds = Infinity,
  until = () => false,
}: LoadOptions): Promise<Load> {
  const ms: number[] = [];
  const statuses = new Map<number, number>();
  const started = performance.now();
  const deadline = started + lasting(seconds) * 1000;
  let sent = 0;
  let bytes = 0;
  const next = () => (sent < requests && performance.now() < deadline && !until() ? path(sent++) : undefined);
  const onAnswer = (status: number, took: number, size: number) => {
    ms.push(took);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    bytes += size;
  };
  return Promise.all(Array.from({ length: connections }, () => runConnection(port, next, onAnswer))).then(() => ({
    ms: Float64Array.from(ms),
    statuses,
    seconds: (performance.now() - started) / 1000,
    bytes,
  }));
}

function runConnection(
  port: number,
  next: () => string | undefined,
  onAnswer: (status: number, ms: number, bytes: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    const reader = answerReader((status, bytes) => {
      onAnswer(status, performance.now() - sentAt, bytes);
      ask();
    });
    function ask(): void {
      const path = next();
      if (path === undefined) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
    }
    socket.on('connect', ask).on('data', reader).on('error', reject);
    onEarlyEnd(socket, reject);
  });
}

function onEarlyEnd(socket: Socket, reject: (error: Error) => void): void {
  socket.on('close', (hadError) => {
    if (!hadError && !socket.writableEnded) reject(new Error('the server closed the connection'));
  });
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_CHUNKS = Buffer.from('0\r\n\r\n');

/** Calls back with status and size at the end of each answer, whether it has a length or comes in chunks. */
export function answerReader(onEnd: (status: number, bytes: number) => void): (data: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  let open: { status: number; left: number; isChunked: boolean; bytes: number } | undefined;
  return (data) => {
    held = held.length === 0 ? data : Buffer.concat([held, data]);
    for (;;) {
      if (open === undefined) {
        const end = held.indexOf(END_OF_HEAD);
        if (end < 0) return;
        const head = held.toString('latin1', 0, end);
        const length = /content-length: (\d+)/i.exec(head);
        open = {
          status: Number(head.slice(9, 12)),
          left: Number(length?.[1] ?? 0),
          isChunked: length === null,
          bytes: 0,
        };
        held = held.subarray(end + 4);
      }
      const done = open.isChunked ? takeChunks(open) : takeLength(open);
      if (!done) return;
      const { status, bytes } = open;
      open = undefined;
      onEnd(status, bytes);
    }
  };

  function takeLength(answer: { left: number; bytes: number }): boolean {
    const taken = Math.min(answer.left, held.length);
    answer.left -= taken;
    answer.bytes += taken;
    held = held.subarray(taken);
    return answer.left === 0;
  }

  // The last chunk is looked for at the end only: the server writes nothing behind it until it is asked again.
  function takeChunks(answer: { bytes: number }): boolean {
    const isEnd = held.length >= 5 && held.subarray(-5).equals(END_OF_CHUNKS);
    const kept = isEnd ? 0 : Math.min(4, held.length);
    answer.bytes += held.length - kept;
    held = held.subarray(held.length - kept);
    return isEnd;
  }
}

/** The p-th quantile (0..1), nearest rank. */
export function quantile(values: Float64Array, p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? NaN;
}

export function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values), 0.5);
}

/** Asks /livez all the time; its longest answer (milliseconds) bounds the longest turn of the event loop. */
export function stallProbe(port: number): { stop(): Promise<number> } {
  let isDone = false;
  const running = load({ port, connections: 1, path: () => '/livez', requests: Infinity, until: () => isDone });
  return {
    async stop() {
      isDone = true;
      return quantile((await running).ms, 1);
    },
  };
}
