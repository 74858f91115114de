import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsWith } from '../../config/settings.ts';
import { loadCatalog } from '../catalog/load.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import { tenant } from '../warehouse/tenant.ts';
import { makeDemoFile, readTruth, truthFile } from './demo-file.ts';
import { DEMO_CATALOG_TEXT, ensureDemo } from './index.ts';

describe('the file of the demo data', () => {
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

  it('is made with its truth, and replaced by another one', async () => {
    const truth = await make(5);
    expect(files()).toEqual(ALL);
    expect(await readTruth(settings())).toEqual(truth);
    expect(truth.seed).toBe(5);
    await make(6);
    expect((await readTruth(settings()))?.seed).toBe(6);
  });

  it('can be served by the demo catalog', async () => {
    await make();
    const warehouse = await openDuckdb({
      settings: settings(),
      fileOf: demo,
      spillDir: join(folder, 'processed', 'spill'),
    });
    const catalog = await loadCatalog({
      text: DEMO_CATALOG_TEXT,
      warehouse,
      tenant: tenant('default'),
      isolation: 'database',
    });
    expect(catalog.valueMeaning).toEqual({ default: 'once', byType: { subscription: 'monthly' } });
    const attributes = [...catalog.tables.values()].flatMap((table) =>
      table.columns.filter((column) => column.isAttribute),
    );
    expect(attributes.map(({ name, type, isPersonal }) => [name, type, isPersonal])).toEqual([
      ['attribute_email', 'text', true],
      ['attribute_newsletter', 'boolean', false],
      ['attribute_list_price', 'decimal', false],
    ]);
    await warehouse.close();
  });

  it('is made at the first start only', async () => {
    const heard: string[] = [];
    await ensureDemo({ settings: settings(), progress: (line) => heard.push(line) });
    expect(files()).toEqual(ALL);
    expect(heard[0]).toBe('making demo data: 10,000 customers, 500 products');
    expect(heard.at(-1)).toBe('100 % done');
    const before = statSync(demo()).mtimeMs;
    await ensureDemo({ settings: settings(), progress: (line) => heard.push(`again: ${line}`) });
    expect(statSync(demo()).mtimeMs).toBe(before);
    expect(heard.some((line) => line.startsWith('again'))).toBe(false);
  });

  it('takes the place of a file that is no database', async () => {
    writeFileSync(demo(), 'no database at all, but long enough to look at'.repeat(1000));
    await make(7);
    expect((await readTruth(settings()))?.seed).toBe(7);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const controller = new AbortController();
    const progress = (phase: string) => phase === 'relationships' && controller.abort(new Error('enough'));
    const run = makeDemoFile({
      settings: settings(),
      size: 'XS',
      seed: 1,
      existing: 'keep',
      progress,
      signal: controller.signal,
    });
    await expect(run).rejects.toThrow();
    expect(files()).toEqual([]);
  });

  it('has no truth when the file is of another generator, or no JSON', async () => {
    await make();
    const text = readFileSync(truthFile(settings()), 'utf8');
    writeFileSync(truthFile(settings()), text.replace('"generator": 1', '"generator": 0'));
    expect(await readTruth(settings())).toBeUndefined();
    writeFileSync(truthFile(settings()), 'half a f');
    expect(await readTruth(settings())).toBeUndefined();
    expect(existsSync(demo())).toBe(true);
  });
});
