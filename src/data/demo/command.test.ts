import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoCommand } from './command.ts';

describe('npm run demo', () => {
  let folder: string;
  let out: string[];
  let err: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo-command-'));
    [out, err] = [[], []];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (args: string[], env: Record<string, string> = {}) =>
    demoCommand(args, {
      env: { DATA_DIR: 'new/data', THREADS: '2', ...env },
      cwd: folder,
      stdout: (line) => out.push(line),
      stderr: (line) => err.push(line),
    });
  const path = (name: string) => join(folder, 'new', 'data', name);
  const truth = () => JSON.parse(readFileSync(path('demo-truth.json'), 'utf8')) as { size: string; seed: number };

  it('makes the folder and the data, with progress, and says what it made', async () => {
    expect(await run(['--size', 'xs', '--seed', '7'])).toBe(0);
    expect(truth()).toMatchObject({ size: 'XS', seed: 7 });
    expect(err[0]).toBe('  0 % products');
    expect(err.at(-1)).toBe('100 % done');
    expect(out[0]).toMatch(
      /demo\.duckdb: size XS, seed 7: 1,000 customers, 100 products, [\d,]+ relationships; \d+ MB in \d+\.\d s$/,
    );
    expect(out[1]).toBe(`${path('demo-truth.json')} says what is planted`);
  });

  it('makes the same data once, unless it is forced', async () => {
    await run(['--size', 'XS']);
    const first = statSync(path('demo.duckdb')).ino;
    expect(await run(['--size', 'XS'])).toBe(0);
    expect(out.at(-1)).toContain('is there already (size XS, seed 1: 1,000 customers');
    expect(statSync(path('demo.duckdb')).ino).toBe(first);
    await run(['--size', 'XS', '--seed', '2']);
    expect(truth().seed).toBe(2);
    const second = statSync(path('demo.duckdb')).mtimeMs;
    await run(['--size', 'XS', '--seed', '2', '--force']);
    expect(statSync(path('demo.duckdb')).mtimeMs).toBeGreaterThan(second);
  });

  it('says so when the service serves something else', async () => {
    await run(['--size', 'XS'], { DEMO: 'off' });
    expect(err.at(-1)).toBe('the service does not serve it: there is own data, a CATALOG is set, or DEMO=off');
    err = [];
    writeFileSync(path('main.duckdb'), '');
    await run(['--size', 'XS']);
    expect(err).toEqual(['the service does not serve it: there is own data, a CATALOG is set, or DEMO=off']);
  });

  it('shows its help', async () => {
    expect(await run(['--help'])).toBe(0);
    expect(out.join()).toContain('--size');
    expect(err).toEqual([]);
  });

  it.each([
    [['--size', 'XXL'], '--size XXL: one of S, M, L'],
    [['--seed', '-1'], "Option '--seed' argument is ambiguous"],
    [['--seed', '1.5'], '--seed 1.5: a whole number from 0 to 4294967295'],
    [['--seed', '4294967296'], '--seed 4294967296: a whole number from 0 to 4294967295'],
    [['--sise', 'L'], "Unknown option '--sise'"],
    [['L'], "Unexpected argument 'L'"],
  ])('refuses %j', async (args, words) => {
    expect(await run(args)).toBe(2);
    expect(err.join()).toContain(words);
    expect(out).toEqual([]);
  });

  it('throws what is wrong with the settings', async () => {
    await expect(run([], { THREADS: 'many' })).rejects.toMatchObject({ code: 'settings.invalid' });
  });
});
