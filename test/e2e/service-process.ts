import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { linesOf, startProcess, type Env, type LogLine } from '../started-process.ts';

export { linesOf, PROJECT, type LogLine } from '../started-process.ts';

/** A process of the project; it is killed when the test ends, if it still runs. */
export function processOf(entry: 'main' | 'cli', args: readonly string[], env: Env, user?: number) {
  const running = startProcess(entry, args, env, user);
  onTestFinished(async () => {
    running.kill('SIGKILL');
    await running.ended;
  });
  return running;
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
