import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';

let folder: string;
const home = process.cwd();
beforeEach(() => {
  vi.resetModules();
  folder = mkdtempSync(join(tmpdir(), 'main-'));
  process.chdir(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** Loads `main.ts` or `cli.ts` as if this process had been started with it; gives what it wrote, and its exit code. */
async function run(
  entry: './main.ts' | './cli.ts',
  env: Readonly<Record<string, string>>,
  argv: readonly string[] = [],
) {
  // Compiled sources that are kept blur what is covered.
  for (const [name, value] of Object.entries({ ...env, NODE_DISABLE_COMPILE_CACHE: '1' })) vi.stubEnv(name, value);
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', entry, ...argv]);
  const written = { out: '', said: '' };
  for (const [name, stream] of [['out', process.stdout] as const, ['said', process.stderr] as const]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => ((written[name] += String(text)), true));
  }
  await import(entry);
  const { exitCode } = process;
  process.exitCode = undefined;
  return { ...written, exitCode };
}

test('main: the service runs by environment and .env, and SIGTERM ends the process with 0', async () => {
  writeFileSync('.env', 'DEMO=off\nPORT=1\nLOG_LEVEL=silent\n');
  onTestFinished(() => ['DEMO', 'LOG_LEVEL'].forEach((name) => delete process.env[name]));
  const exit = Promise.withResolvers<unknown>();
  vi.spyOn(process, 'exit').mockImplementation((code) => exit.resolve(code) as never);
  const signals = ['SIGTERM', 'SIGINT'] as const;
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const { exitCode, said } = await run('./main.ts', { PORT: '0', DATA_DIR: folder, MEMORY_LIMIT: '500MB' });
  expect([exitCode, said]).toEqual([undefined, expect.stringContaining(`serves ${folder}`)]);
  const [, address] = /health +(\S+)/.exec(said)!;
  expect((await fetch(address!)).status).toBe(200);
  process.listeners('SIGTERM').find((listener) => !before.has(listener))!('SIGTERM');
  expect(await exit.promise).toBe(0);
  for (const signal of signals)
    for (const listener of process.listeners(signal))
      if (!before.has(listener)) process.removeListener(signal, listener);
});

test('main: what keeps it from starting is the exit code', async () => {
  const { exitCode, said } = await run('./main.ts', { PORT: 'no' });
  expect([exitCode, said]).toEqual([1, expect.stringContaining('PORT="no"')]);
});

test('cli: runs the command that its arguments name, with its exit code', async () => {
  const help = await run('./cli.ts', {}, ['demo', '--help']);
  expect(help).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^npm run demo -- .*\n/), said: '' });
  const wrong = { exitCode: 2, out: '', said: expect.stringContaining('did you mean "demo"?') };
  vi.resetModules();
  expect(await run('./cli.ts', {}, ['damo'])).toMatchObject(wrong);
});

test('cli: settings come from .env too', async () => {
  writeFileSync('.env', 'THREADS=0\n');
  onTestFinished(() => void delete process.env['THREADS']);
  const { exitCode, said } = await run('./cli.ts', {}, ['demo']);
  expect([exitCode, said]).toEqual([1, expect.stringContaining('THREADS="0"')]);
});
