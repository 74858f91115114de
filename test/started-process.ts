import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('..', import.meta.url));
export type Env = Readonly<Record<string, string>>;
export type LogLine = Readonly<Record<string, unknown>>;

/**
 * A process of the project as its user runs it: `src/main.ts` or `src/cli.ts` with these arguments, in an environment
 * that holds nothing but `env`. Whoever starts it ends it.
 */
export function startProcess(entry: 'main' | 'cli', args: readonly string[], env: Env, user?: number) {
  // Somewhere else than the project, whose .env belongs to whoever works on it.
  const child = spawn(process.execPath, [`--env-file=${PROJECT}runtime.env`, `${PROJECT}src/${entry}.ts`, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], MEMORY_LIMIT: '1GB', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user !== undefined && { uid: user, gid: user }),
  });
  const texts = { out: '', said: '' };
  let wake = Promise.withResolvers<void>();
  const hear = (name: keyof typeof texts) => (chunk: Buffer) => {
    texts[name] += chunk.toString();
    wake.resolve();
    wake = Promise.withResolvers();
  };
  child.stdout.on('data', hear('out'));
  child.stderr.on('data', hear('said'));
  let hasEnded = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    hasEnded = true;
    wake.resolve();
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...texts };
  });
  /** What `find` finds in what was written so far, as soon as it is there. Throws when the process ends without it. */
  async function until<T>(find: (written: typeof texts) => T | undefined | null): Promise<T> {
    for (;;) {
      const found = find(texts);
      if (found !== undefined && found !== null) return found;
      if (hasEnded) throw new Error(`the process ended: ${texts.said}${texts.out}`);
      await wake.promise;
    }
  }
  return { child, ended, until, said: () => texts.said, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

/** The whole lines of a log. */
export function linesOf(out: string): LogLine[] {
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LogLine);
}
