import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsWith } from '../../config/settings.ts';
import { makeDemoFile, readTruth } from './demo-file.ts';

const here = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

describe('the file of the demo data, among processes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const settings = () => settingsWith({ DATA_DIR: folder, THREADS: 2, MEMORY_LIMIT: 2 ** 30 });
  const demo = () => join(folder, 'demo.duckdb');
  const make = (seed = 1) =>
    makeDemoFile({ settings: settings(), size: 'XS', seed, existing: 'replace', progress: () => undefined });
  const files = () =>
    readdirSync(folder)
      .filter((name) => name !== 'processed')
      .sort();
  const ALL = ['demo-truth.json', 'demo.duckdb'];

  /** Another process that runs this text as a module; `line` waits for a line of its output that starts so. */
  const start = (text: string) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout);
    const line = (start: string) =>
      new Promise<void>((resolve, reject) => {
        lines.on('line', (found) => found.includes(start) && resolve());
        child.on('exit', (code) => reject(new Error(`exit ${code} before ${start}`)));
      });
    return { child, line, exit: once(child, 'exit') as Promise<[number | null, string | null]> };
  };
  const ensuring = () => `import { ensureDemo } from ${here('./ensure.ts')};
    import { settingsWith } from ${here('../../config/settings.ts')};
    await ensureDemo({ settings: settingsWith({ DATA_DIR: ${JSON.stringify(folder)}, THREADS: 1 }), progress: console.log });`;

  it('comes out once when two processes start at once', async () => {
    const two = [start(ensuring()), start(ensuring())];
    expect(await Promise.all(two.map(async ({ exit }) => (await exit)[0]))).toEqual([0, 0]);
    expect(files()).toEqual(ALL);
    const truth = await readTruth(settings());
    const instance = await DuckDBInstance.create(demo(), { access_mode: 'read_only' });
    const connection = await instance.connect();
    const rows = await connection.runAndReadAll('select count(*) from customer_products');
    expect(Number(rows.getRows()[0]![0])).toBe(truth?.rows.customer_products);
    connection.closeSync();
    instance.closeSync();
  });

  it('is the old one after a kill, and what the killed run left goes at the next', async () => {
    await make(5);
    const before = readFileSync(demo());
    const { child, line, exit } = start(`import { makeDemoFile } from ${here('./demo-file.ts')};
      import { settingsWith } from ${here('../../config/settings.ts')};
      const settings = settingsWith({ DATA_DIR: ${JSON.stringify(folder)}, THREADS: 1 });
      const progress = (phase) => console.log(phase);
      await makeDemoFile({ settings, size: 'S', seed: 1, existing: 'replace', progress });`);
    await line('relationships');
    child.kill('SIGKILL');
    await exit;
    expect(readFileSync(demo()).equals(before)).toBe(true);
    expect((await readTruth(settings()))?.seed).toBe(5);
    expect(files().length).toBeGreaterThan(2);
    await make(6);
    expect(files()).toEqual(ALL);
  });

  it('is not replaced while another process has it open', async () => {
    await make(5);
    const api = JSON.stringify(import.meta.resolve('@duckdb/node-api'));
    const { child, line, exit } = start(`import { DuckDBInstance } from ${api};
      const instance = await DuckDBInstance.create(${JSON.stringify(demo())});
      console.log('open');
      process.stdin.on('data', () => process.exit(0));`);
    await line('open');
    await expect(make(6)).rejects.toMatchObject({
      code: 'warehouse.locked',
      detail: `${demo()} is open in another process, likely a service that serves it: stop it, or use another DATA_DIR`,
    });
    expect((await readTruth(settings()))?.seed).toBe(5);
    expect(files().filter((name) => name.includes('making'))).toEqual([]);
    child.stdin.write('go\n');
    await exit;
    await make(6);
    expect((await readTruth(settings()))?.seed).toBe(6);
  });
});
