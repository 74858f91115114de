import type { FastifyBaseLogger } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { App } from './app-type.ts';

/** How often connections that became idle are closed while draining. */
const SWEEP_MS = 100;

/** From here on `/readyz` answers 200. */
export function markReady(app: App): void {
  if (app.lifecycle.phase === 'starting') app.lifecycle.phase = 'ready';
}

/**
 * Stops taking connections, lets running replies finish for SHUTDOWN_SECONDS, then cuts them, and closes the app with
 * all its onClose hooks. True when every reply finished and every
 * hook ended. Never takes longer than SHUTDOWN_SECONDS plus five seconds.
 */
export async function drain(app: App, settings: Pick<Settings, 'SHUTDOWN_SECONDS'>): Promise<boolean> {
  app.lifecycle.phase = 'draining';
  const limitMs = settings.SHUTDOWN_SECONDS * 1000;
  let [isComplete, isClosed] = [true, false];
  const giveUp = Promise.withResolvers<false>();
  app.server.once('close', () => (isClosed = true));
  const cut = (): void => {
    isComplete = isClosed;
    app.server.closeAllConnections();
  };
  // Closing alone waits for half-open sockets, and for those whose request ended after the close began.
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  const timers = [setTimeout(cut, limitMs), setTimeout(() => giveUp.resolve(false), limitMs + 5_000)];
  try {
    const isInTime = await Promise.race([app.close().then(() => true), giveUp.promise]);
    return isComplete && isInTime;
  } finally {
    clearInterval(sweep);
    timers.forEach(clearTimeout);
  }
}

/** Replies that end while draining tell their client to open no more requests on the connection. */
export function closeWhileDraining(app: App): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (app.lifecycle.phase === 'draining') reply.header('connection', 'close');
    done(null, payload);
  });
}

/** The part of `process` that signals need. */
export type SignalSource = {
  on(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', listener: () => void): unknown;
  exit(code: number): void;
};

/** SIGHUP reads the catalog again. What is wrong with it is in the log; the service goes on with the old one. */
export function reloadOnHangUp(
  source: SignalSource,
  logger: FastifyBaseLogger,
  reload: () => Promise<{ readonly isChanged: boolean }>,
): void {
  source.on('SIGHUP', () => {
    reload().then(
      (reloaded) => logger.info(reloaded, reloaded.isChanged ? 'serving by another catalog' : 'nothing has changed'),
      (err: unknown) => logger.error({ err }, 'the catalog was not taken; the service goes on with the old one'),
    );
  });
}

const SIGNALS = Object.freeze({ SIGTERM: 15, SIGINT: 2 });

/** First SIGTERM or SIGINT: drains and exits, 0 when every reply finished, else 1. A second one exits at once with 128 + its number. */
export function exitOnSignals(source: SignalSource, logger: FastifyBaseLogger, shutDown: () => Promise<boolean>): void {
  let isLeaving = false;
  const leave = async (signal: string): Promise<void> => {
    logger.info({ signal }, 'shutting down: running requests may finish; a second signal exits at once');
    try {
      const isComplete = await shutDown();
      logger.info({ isComplete }, isComplete ? 'shut down' : 'shut down; some requests were cut off');
      source.exit(isComplete ? 0 : 1);
    } catch (err) {
      logger.error({ err }, 'shutting down failed');
      source.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    source.on(signal, () => {
      if (isLeaving) return source.exit(128 + SIGNALS[signal]);
      isLeaving = true;
      void leave(signal);
    });
  }
}
