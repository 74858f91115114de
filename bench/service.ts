import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';

export type RunningService = {
  readonly port: number;
  /** Milliseconds from the start of the process to the first 200 of /readyz. */
  readonly readyMs: number;
  /** Resident memory now, and the most since the last reset, in bytes. */
  memory(): { now: number; peak: number };
  resetPeak(): void;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
};

/** The service as its user runs it: a process of its own on a free port. */
export async function startService(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, ['--env-file=runtime.env', 'src/main.ts'], {
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (text: Buffer) => (said += text.toString()));
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`the service ended: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const readyMs = performance.now() - started;
  return {
    port,
    readyMs,
    memory: () => memoryOf(child),
    // The kernel starts counting the peak anew (proc(5), clear_refs).
    resetPeak: () => writeFileSync(`/proc/${child.pid}/clear_refs`, '5'),
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

function memoryOf(child: ChildProcess): { now: number; peak: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) * 1024;
  return { now: kilobytes('VmRSS'), peak: kilobytes('VmHWM') };
}
