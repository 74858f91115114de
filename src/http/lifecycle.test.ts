import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { listeningServer, openSocket, received } from '../../test/listening-server.ts';
import { abortSignalOf } from './abort-signal.ts';
import { drain, exitOnSignals, markReady } from './lifecycle.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('drain', () => {
  test('running replies finish and close their connection, new connections are refused, hooks run after', async () => {
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const closed: string[] = [];
    const { app, url } = await listeningServer((it) => {
      it.get('/', async () => {
        asked.resolve();
        await go.promise;
        return 'finished';
      });
      it.addHook('onClose', () => void closed.push('hook'));
    });
    markReady(app);
    const reply = fetch(url);
    await asked.promise;
    const draining = drain(app, { SHUTDOWN_SECONDS: 10 });
    expect([app.lifecycle.phase, closed]).toEqual(['draining', []]);
    await vi.waitFor(() => expect(app.server.listening).toBe(false));
    await expect(fetch(url)).rejects.toThrow();
    go.resolve();
    const answer = await reply;
    expect([answer.headers.get('connection'), await answer.text()]).toEqual(['close', 'finished']);
    expect(await draining).toBe(true);
    expect(closed).toEqual(['hook']);
    markReady(app);
    expect(app.lifecycle.phase).toBe('draining');
  });

  test('a stream that had begun finishes, and its connection is swept', async () => {
    const body = new PassThrough();
    const { app, port } = await listeningServer((it) => void it.get('/', (_request, reply) => reply.send(body)));
    const socket = await openSocket(port, GET);
    body.write('first');
    await once(socket, 'data');
    const rest = received(socket);
    const draining = drain(app, { SHUTDOWN_SECONDS: 10 });
    await vi.waitFor(() => expect(app.server.listening).toBe(false));
    body.end('last');
    expect(await rest).toContain('last');
    expect(await draining).toBe(true);
  });

  test('a request that still arrives on an open connection is served', async () => {
    const body = new PassThrough();
    const { app, port } = await listeningServer((it) => {
      it.get('/', (_request, reply) => reply.send(body));
      it.get('/second', () => 'served');
    });
    const socket = await openSocket(port, GET);
    body.write('first');
    await once(socket, 'data');
    const draining = drain(app, { SHUTDOWN_SECONDS: 10 });
    await vi.waitFor(() => expect(app.server.listening).toBe(false));
    const rest = received(socket);
    const isParsed = once(app.server, 'request');
    socket.write(GET.replace('/', '/second'));
    await isParsed;
    body.end('last');
    expect(await rest).toMatch(/last\r\n0\r\n\r\nHTTP\/1.1 200 OK[\s\S]*connection: close[\s\S]*served$/i);
    expect(await draining).toBe(true);
  });

  test('half-open and stuck connections are cut after SHUTDOWN_SECONDS, and their statements cancelled', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const { app, port } = await listeningServer((it) => {
      it.get('/', async (request, reply) => {
        const signal = abortSignalOf(request, reply);
        started.resolve(signal);
        await once(signal, 'abort');
        throw signal.reason;
      });
    });
    await openSocket(port, 'GET / HTTP/1.1\r\nHos');
    await openSocket(port, '');
    await openSocket(port, GET);
    const signal = await started.promise;
    const startedAt = performance.now();
    expect(await drain(app, { SHUTDOWN_SECONDS: 1 })).toBe(false);
    if (!signal.aborted) await once(signal, 'abort');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('a hook that hangs is left behind after five more seconds', async () => {
    const release = Promise.withResolvers<void>();
    const { app } = await listeningServer((it) => void it.addHook('onClose', () => release.promise));
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const closed = once(app.server, 'close');
    const draining = drain(app, { SHUTDOWN_SECONDS: 10 });
    await closed;
    await vi.advanceTimersByTimeAsync(14_999);
    expect(await Promise.race([draining, Promise.resolve('still waiting')])).toBe('still waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await draining).toBe(false);
    release.resolve();
  });

  test('idle connections do not hold it up', async () => {
    const { app, port } = await listeningServer((it) => void it.get('/', () => 'ok'));
    const socket = await openSocket(port, GET);
    await once(socket, 'data');
    expect(await drain(app, { SHUTDOWN_SECONDS: 10 })).toBe(true);
  });
});

describe('exitOnSignals', () => {
  const logger = pino({ level: 'silent' });
  function source() {
    const emitter = new EventEmitter();
    const codes: number[] = [];
    const left = Promise.withResolvers<number>();
    const exit = (code: number): void => {
      codes.push(code);
      left.resolve(code);
    };
    return {
      on: (signal: string, listener: () => void) => emitter.on(signal, listener),
      emit: (signal: string) => emitter.emit(signal),
      exit,
      codes,
      left: left.promise,
    };
  }

  test.each([
    ['SIGTERM', true, 0],
    ['SIGINT', true, 0],
    ['SIGTERM', false, 1],
  ])('%s with everything finished: %s exits with %i', async (signal, isComplete, code) => {
    const process = source();
    exitOnSignals(process, logger, () => Promise.resolve(isComplete));
    process.emit(signal);
    expect(await process.left).toBe(code);
  });

  test('a shutdown that fails exits with 1', async () => {
    const process = source();
    exitOnSignals(process, logger, () => Promise.reject(new Error('stuck')));
    process.emit('SIGTERM');
    expect(await process.left).toBe(1);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('a second %s exits at once with %i, and shuts down only once', (signal, code) => {
    const process = source();
    const shutDown = vi.fn(() => new Promise<boolean>(() => {}));
    exitOnSignals(process, logger, shutDown);
    process.emit('SIGTERM');
    expect(process.codes).toEqual([]);
    process.emit(signal);
    expect(process.codes).toEqual([code]);
    expect(shutDown).toHaveBeenCalledTimes(1);
  });
});
