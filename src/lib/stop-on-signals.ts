import { AppError } from './app-error.ts';

/** A first Ctrl+C (or SIGTERM) aborts the signal, so that a command ends in good order; a second one ends the process. */
export function stopOnSignals(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const stop = () => {
    release();
    controller.abort(new AppError('statement.cancelled', 'stopped by a signal'));
  };
  const release = () => names.forEach((name) => process.removeListener(name, stop));
  for (const name of names) process.on(name, stop);
  return { signal: controller.signal, release };
}
