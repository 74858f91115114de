import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { referenceData } from '../../../test/reference-data.ts';
import type { Analysis } from '../../analysis/define.ts';
import { tablesOf } from '../../analysis/engine.ts';
import { toObjects } from '../../analysis/result.ts';
import { NOTHING_SAVED } from '../../analysis/saved.ts';
import { settingsWith } from '../../config/settings.ts';
import { loadCatalog } from '../../data/catalog/load.ts';
import { compile } from '../../data/sql/compile.ts';
import { openDuckdb } from '../../data/warehouse/duckdb/warehouse.ts';
import { tenant } from '../../data/warehouse/tenant.ts';
import { importCommand } from '../imports/command.ts';
import { productsPerCustomerAnalysis } from './breadth/routes.ts';
import { abcAnalysis } from './concentration/routes.ts';
import { categoriesAnalysis, productsAnalysis } from './products/routes.ts';

const MINUTES = 60_000;
type Row = Readonly<Record<string, unknown>>;
type Ask = (analysis: Analysis, params: Row & { readonly asOf: string }) => Promise<readonly Row[]>;

/** Imports an example as the README says, and asks it. */
async function withExample(name: string, data: string, check: (ask: Ask) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'portfolio-'));
  const file = new URL(`../../../examples/${name}/catalog.yaml`, import.meta.url).pathname;
  const env = { DATA_DIR: folder, THREADS: '2', MEMORY_LIMIT: '1GB' };
  const io = { env, cwd: folder, stdout: () => {}, stderr: () => {} };
  expect(await importCommand(['--catalog', file, '--data', data], io)).toBe(0);
  const settings = settingsWith({ THREADS: 2, MEMORY_LIMIT: 1e9 });
  const warehouse = await openDuckdb({ settings, fileOf: () => join(folder, 'main.duckdb'), spillDir: '' });
  const owner = tenant('default');
  try {
    const catalog = await loadCatalog({
      file: join(folder, 'catalog.yaml'),
      warehouse,
      tenant: owner,
      isolation: 'database',
    });
    const scope = { dialect: warehouse.dialect, catalog, tenant: owner, isolation: 'database' } as const;
    await check(async (analysis, { asOf, ...params }) => {
      const kit = { t: tablesOf(catalog), d: warehouse.dialect, catalog, asOf, saved: NOTHING_SAVED };
      const rows = await warehouse.query(owner, compile(analysis.sql!(params, kit), scope), { lane: 'heavy' });
      return toObjects(
        rows.schema.map((column) => column.name),
        rows,
      );
    });
  } finally {
    await warehouse.close();
    await rm(folder, { recursive: true });
  }
}

const cents = (amount: number) => expect.closeTo(amount, 1) as number;

const northwind = referenceData('northwind');
test.skipIf(northwind === undefined)(
  'Northwind (Microsoft): 1,265,792.95; best customers, best product, categories, as in many tutorials',
  () =>
    withExample('northwind', northwind!, async (ask) => {
      const when = { asOf: '1998-05-06', from: '1996-07-04', to: '1998-05-07', ownership: 'active' };
      const products = await ask(productsAnalysis, when);
      const total = products.reduce((sum, { value }) => sum + Number(value), 0);
      expect([products.length, Number(total.toFixed(2))]).toEqual([77, 1_265_792.95]);
      expect(products[0]).toMatchObject({
        productName: 'Côte de Blaye',
        value: cents(141_396.74),
        eligibleCustomers: 91,
      });
      const [first, second] = await ask(categoriesAnalysis, when);
      expect(first).toMatchObject({ productCategory: 'Beverages', value: cents(267_868.18) });
      expect(second).toMatchObject({ productCategory: 'Dairy Products', value: cents(234_507.28) });
      const customers = await ask(abcAnalysis, { ...when, dimension: 'customers' });
      const best = customers.toSorted((a, b) => Number(a['rank']) - Number(b['rank'])).slice(0, 3);
      expect(best.map(({ itemId, value }) => [itemId, value])).toEqual([
        ['QUICK', cents(110_277.31)],
        ['ERNSH', cents(104_874.98)],
        ['SAVEA', cents(104_361.95)],
      ]);
      expect(customers).toHaveLength(89);
    }),
  5 * MINUTES,
);

const telco = referenceData('telco');
test.skipIf(telco === undefined)(
  'Telco (IBM): 6,361 with phone … 2,732 with movies; 1,264 with one service … 208 with nine',
  () =>
    withExample('telco', telco!, async (ask) => {
      const when = { asOf: '2018-01-01', ownership: 'ever' };
      const owners = (await ask(productsAnalysis, when)).map(({ productId, owners: count }) => [productId, count]);
      expect(Object.fromEntries(owners)).toEqual({
        'phone-service': 6361,
        'multiple-lines': 2971,
        dsl: 2421,
        'fibre-optic': 3096,
        'online-security': 2019,
        'online-backup': 2429,
        'device-protection': 2422,
        'tech-support': 2044,
        'streaming-tv': 2707,
        'streaming-movies': 2732,
      });
      const sizes = await ask(productsPerCustomerAnalysis, when);
      expect(sizes.map(({ products, customers }) => [products, customers])).toEqual(
        [1264, 859, 846, 965, 922, 908, 676, 395, 208].map((customers, i) => [i + 1, customers]),
      );
    }),
  5 * MINUTES,
);

const journey = referenceData('completejourney');
test.skipIf(journey === undefined)(
  'Complete Journey (84.51°): penetration of every product, counted from the receipts',
  () =>
    withExample('complete-journey', journey!, async (ask) => {
      const file = gunzipSync(await readFile(join(journey!, 'transactions_sample.csv.gz'))).toString();
      const [header, ...lines] = file
        .trimEnd()
        .replaceAll('"', '')
        .split('\n')
        .map((line) => line.split(','));
      const [household, product] = ['household_id', 'product_id'].map((name) => header!.indexOf(name));
      const buyers = new Map<string, Set<string>>();
      for (const line of lines) {
        const among = buyers.get(line[product!]!) ?? new Set();
        buyers.set(line[product!]!, among.add(line[household!]!));
      }
      const rows = await ask(productsAnalysis, { asOf: '2017-12-31', ownership: 'ever' });
      const bought = rows.filter(({ owners }) => Number(owners) > 0);
      expect([bought.length, buyers.size, lines.length]).toEqual([20_902, 20_902, 75_000]);
      for (const { productId, penetration } of bought)
        expect(penetration).toBe(buyers.get(productId as string)!.size / 2377);
    }),
  5 * MINUTES,
);
