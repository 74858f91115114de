import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CORE_TABLE_NAMES } from '../../../src/data/catalog/core-tables.ts';
import { makeTable } from '../../../src/features/imports/account/load-statements.ts';
import { expect, test } from 'vitest';
import { loadCatalog } from '../../../src/data/catalog/load.ts';
import { onAccount, owner } from './world.ts';

test('a catalog that its import is to make the tables of can be checked before', async () => {
  const account = await onAccount();
  await account.warehouse.write(owner, async (writer) => {
    for (const table of CORE_TABLE_NAMES) await writer.run(makeTable(table, []));
  });
  await writeFile(join(account.root, 'people.csv'), 'id,colour\nC1,red\n');
  const text = `version: 1
tables:
  customers: { attributes: { colour: { type: text } } }
imports:
  sources: { people: { file: people.csv } }
  tables:
    customers: { sql: "select id as customer_id, colour from people", on_reject: reject }
`;
  const loading = {
    text,
    file: 'catalog',
    warehouse: account.warehouse,
    tenant: owner,
    isolation: 'database',
  } as const;
  const before = await loadCatalog({ ...loading, importFolder: account.root });
  const shape = (catalog: typeof before) =>
    catalog.tables.get('customers')?.columns.map(({ name, type }) => [name, type]);
  await account.importFiles(
    { 'people.csv': 'id,colour\nC1,red\n' },
    '    customers: { sql: "select id as customer_id, colour from people" }',
    {},
    {},
    {
      head: 'tables:\n  customers: { attributes: { colour: { type: text } } }',
    },
  );
  expect(shape(before)).toEqual(shape(await loadCatalog(loading)));
});
