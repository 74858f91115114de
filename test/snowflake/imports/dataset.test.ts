import { expect, test } from 'vitest';
import { directPlan } from '../../../src/features/imports/direct-plan.ts';
import { runImport } from '../../../src/features/imports/service.ts';
import { BY_FILES, onAccount } from './world.ts';

test('rows of a dataset of the account come out of it, are checked, and go back', async () => {
  const account = await onAccount({ limits: BY_FILES });
  await account.standIn.admin(`create table "DEMO"."PUBLIC"."RAW" as select * from (values
    ('P1', 'Tea', date '2024-02-29', 1.25, timestamp '2024-01-01 10:00:00'),
    ('P2', '', null, null, null), (null, 'x', null, null, null)) t("ID", "NAME", "SINCE", "PRICE", "SEEN")`);
  const plan = directPlan({
    table: 'products',
    file: 'raw',
    mode: 'append',
    onReject: 'reject',
    onMissingReference: 'reject',
    attributes: [{ name: 'price', type: 'decimal' }],
  });
  const sql = 'select r.id as product_id, r.name as product_name, r.since as launch_date, r.price from raw r';
  const tables = plan.tables.map((table) => ({ ...table, sql, source: undefined, isOfWarehouse: true }));
  const report = await runImport({
    plan: { ...plan, sources: [], tables },
    target: account.target,
    settings: { REJECT_SAMPLES: 2, IMPORT_RECORD_BYTES: 1000, IMPORT_BYTES: 1e9 },
    workDir: `${account.root}/processed/work`,
    now: () => 0,
  });
  expect(report).toMatchObject({ outcome: 'imported', tables: [{ rowsIn: 3, rejected: 1, rowsOut: 2 }] });
  expect(report.tables[0]!.rejects).toMatchObject([
    { reason: 'product_id.missing', samples: [{ row: 3, values: { product_name: 'x' } }] },
  ]);
  const rows = await account.standIn.admin(
    `select product_id, product_name, cast(launch_date as varchar) as since, cast(price as varchar) as price from "DEMO"."PUBLIC"."PRODUCTS" order by 1`,
  );
  expect(rows.map((row) => Object.values(row as object) as unknown[])).toEqual([
    ['P1', 'Tea', '2024-02-29', '1.2500'],
    ['P2', '', null, null],
  ]);
});
