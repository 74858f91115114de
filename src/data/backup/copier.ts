import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../lib/app-error.ts';
import type { Copy, Fault } from './copy-work.ts';
import type { BackupFile, SavedFile } from './manifest.ts';

export type Request = { readonly call: 'copy' | 'seal'; readonly args: readonly unknown[] };
export type Answer = { readonly value: unknown } | { readonly fault: Fault };

/**
 * A process of its own that reads and hashes the files of an open database. It must not be this one: when a process
 * closes any handle of a file, it loses all of its POSIX locks on it, also the one by which DuckDB keeps others out.
 * One call at a time. Throws `warehouse.disk_full` or `backup.failed`; what `signal` says when it aborts.
 */
export type Copier = {
  copy(folder: string, copies: readonly Copy[]): Promise<readonly BackupFile[]>;
  seal(folder: string, names: readonly BackupFile[]): Promise<readonly SavedFile[]>;
  /** Resolves when the process has ended. */
  close(): Promise<void>;
};

const ENTRY = fileURLToPath(new URL('./copy-process.ts', import.meta.url));

export function openCopier(signal?: AbortSignal, entry = ENTRY): Copier {
  const child = fork(entry, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = once(child, 'exit').catch(() => undefined);
  const broken = ended.then((): never => {
    throw new AppError('backup.failed', 'the process that copies ended before its work was done');
  });
  const stopped = Promise.withResolvers<never>();
  const stop = () => {
    child.kill('SIGKILL');
    stopped.reject(signal!.reason as Error);
  };
  signal?.addEventListener('abort', stop);
  // Both may come when nobody waits.
  for (const promise of [broken, stopped.promise]) promise.catch(() => undefined);

  async function ask<T>(call: Request['call'], ...args: readonly unknown[]): Promise<T> {
    signal?.throwIfAborted();
    const answered = once(child, 'message') as Promise<[Answer]>;
    answered.catch(() => undefined);
    child.send({ call, args }, () => undefined);
    const [answer] = await Promise.race([answered, stopped.promise, broken]);
    if ('fault' in answer) throw errorOf(answer.fault);
    return answer.value as T;
  }
  return {
    copy: (folder, copies) => ask('copy', folder, copies),
    seal: (folder, names) => ask('seal', folder, names),
    async close() {
      signal?.removeEventListener('abort', stop);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function errorOf({ message, isDiskFull }: Fault): AppError {
  if (!isDiskFull) return new AppError('backup.failed', message);
  return new AppError('warehouse.disk_full', `There is no space left for the backup: ${message}`);
}
