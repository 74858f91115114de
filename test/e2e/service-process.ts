import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
type Env = Readonly<Record<string, string>>;
export type LogLine = Readonly<Record<string, unknown>>;

/**
 * A process of the project as its user runs it: `src/main.ts` or `src/cli.ts` with these arguments, in an environment
 * that holds nothing but `env`. It is killed when the test ends, if it still runs.
 */
export function processOf(entry: 'main' | 'cli', args: readonly string[], env: Env, user?: number) {
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
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
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

export type Service = ReturnType<typeof service>;

/** The service on a data folder and a free port. */
export function service(dataDir: string, env: Env = {}, user?: number) {
  const running = processOf('main', [], { DATA_DIR: dataDir, PORT: '0', ...env }, user);
  return {
    ...running,
    /** Its address, once it has said that it serves. */
    serves: () => running.until(({ said }) => /^ {2}page +(http:\S+)\/$/m.exec(said)?.[1]),
    /** The first line of its log that fits. */
    line: (fits: (line: LogLine) => boolean) => running.until(({ out }) => linesOf(out).find(fits)),
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      running.kill(signal);
      return running.ended;
    },
  };
}

/** The whole lines of a log. */
export function linesOf(out: string): LogLine[] {
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LogLine);
}

/** A port that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The JSON that an address answers with status 200. */
export async function jsonOf<T = Envelope>(address: string): Promise<T> {
  const response = await fetch(address);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${address}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}
type Envelope = { readonly data: readonly Readonly<Record<string, unknown>>[]; readonly meta: LogLine };
