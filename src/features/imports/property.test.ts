import fc from '../../../test/fast-check.ts';
import { expect, test } from 'vitest';
import type { ImportMode, OnMissingReference } from '../../data/catalog/import-plan.ts';
import { reasonsOf, testImports } from './test-import.ts';

type Row = Readonly<Record<string, string>>;
type World = { readonly customers: readonly Row[]; readonly products: readonly Row[]; readonly sales: readonly Row[] };
type Stored = Map<string, Row>;
type Tables = { readonly customers: Stored; readonly products: Stored; readonly sales: Stored };

/** The naive reading of docs/imports.md: one row at a time, the first reason counts. */
function judge(
  rows: readonly Row[],
  id: string,
  stored: Stored,
  mode: ImportMode,
  wrong: (row: Row) => string | undefined,
) {
  const reasons: Record<string, number> = {};
  const taken: Row[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const key = row[id]!;
    const reason =
      wrong(row) ??
      (mode === 'append' && stored.has(key) ? `${id}.taken` : seen.has(key) ? `${id}.duplicate` : undefined);
    if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1;
    else {
      taken.push(row);
      seen.add(key);
    }
  }
  const updated = mode === 'upsert' ? taken.filter((row) => stored.has(row[id]!)).length : 0;
  if (mode === 'replace') stored.clear();
  for (const row of taken) stored.set(row[id]!, row);
  return { reasons, rowsOut: taken.length, updated, taken };
}

const BAD_VALUES: Readonly<Record<string, string>> = {
  x: 'value.not_a_number',
  '1.005': 'value.precision',
  '10000000000000': 'value.out_of_range',
};
const BAD_DAYS: Readonly<Record<string, string>> = {
  '2024-02-30': 'start_date.not_a_date',
  '0000-00-00': 'start_date.not_a_date',
  '12000-01-01': 'start_date.out_of_range',
};

function importNaively(
  world: World,
  { customers, products, sales }: Tables,
  mode: ImportMode,
  missing: OnMissingReference,
) {
  const id = (name: string) => (row: Row) =>
    row[name] === '' ? `${name}.missing` : row[name]!.length > 50 ? `${name}.too_long` : undefined;
  const people = judge(world.customers, 'customer_id', customers, mode, id('customer_id'));
  const goods = judge(world.products, 'product_id', products, mode, id('product_id'));
  const unknown = (row: Row) =>
    customers.has(row['customer_id']!)
      ? products.has(row['product_id']!)
        ? undefined
        : 'product_id.unknown'
      : 'customer_id.unknown';
  const relations = judge(
    world.sales,
    'relationship_id',
    sales,
    mode,
    (row) =>
      id('relationship_id')(row) ??
      id('customer_id')(row) ??
      id('product_id')(row) ??
      BAD_DAYS[row['start_date']!] ??
      BAD_VALUES[row['value']!] ??
      (missing === 'reject' ? unknown(row) : undefined),
  );
  const placeholders = (
    [
      ['customer_id', customers],
      ['product_id', products],
    ] as const
  ).flatMap(([column, table]) => {
    const rows = relations.taken.filter((row) => !table.has(row[column]!));
    const ids = new Set(rows.map((row) => row[column]!));
    for (const one of ids) table.set(one, { [column]: one, name: '' });
    return ids.size === 0 ? [] : [[ids.size, rows.length]];
  });
  return { people, goods, relations, placeholders };
}

const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);

const LONG = 'x'.repeat(51);
const ids = (prefix: string) => fc.constantFrom('', LONG, ...['1', '2', '3', '4'].map((i) => prefix + i), "'); --");
const record = (fields: Record<string, fc.Arbitrary<string>>) => fc.array(fc.record(fields), { maxLength: 8 });
const name = fc.constantFrom('', 'Ann', '=cmd|', '\u202Eevil', 'a,"b"', 'null');
const worlds: fc.Arbitrary<World> = fc.record({
  customers: record({ customer_id: ids('C'), name }),
  products: record({ product_id: ids('P'), name }),
  sales: record({
    relationship_id: ids('R'),
    customer_id: ids('C'),
    product_id: ids('P'),
    start_date: fc.constantFrom('', '2024-02-29', ...Object.keys(BAD_DAYS)),
    value: fc.constantFrom('', '1.50', '-2', ...Object.keys(BAD_VALUES)),
  }),
});

const csv = (columns: readonly string[], rows: readonly Row[]) =>
  [columns, ...rows.map((row) => columns.map((column) => row[column]!))]
    .map((fields) => fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))
    .join('\n');
const filesOf = ({ customers, products, sales }: World) => ({
  'people.csv': csv(['customer_id', 'name'], customers),
  'goods.csv': csv(['product_id', 'name'], products),
  'sales.csv': csv(['relationship_id', 'customer_id', 'product_id', 'start_date', 'value'], sales),
});
const CATALOG = `    customers: { sql: "select customer_id, name as customer_name from people" }
    products: { sql: "select product_id, name as product_name from goods" }
    customer_products: { sql: "select * from sales" }`;

test('any files in any mode are stored, counted and written as one row at a time would be', async () => {
  const imports = await testImports();
  const { warehouse } = imports;
  const textOf = (table: Stored, columns: readonly string[]) =>
    [...table.values()].map((row) => columns.map((column) => row[column] || null)).sort(byText);
  const step = async (world: World, tables: Tables, mode: ImportMode, missing: OnMissingReference) => {
    const told = { mode, onMissingReference: missing, onReject: 'reject' } as const;
    const report = await imports.importFiles(filesOf(world), CATALOG, told);
    const { people, goods, relations, placeholders } = importNaively(world, tables, mode, missing);
    expect(report.problem).toBe(null);
    expect(report.tables.map(reasonsOf)).toEqual([people.reasons, goods.reasons, relations.reasons]);
    expect(report.tables.map(({ rowsOut, updated }) => [rowsOut, updated])).toEqual(
      [people, goods, relations].map(({ rowsOut, updated }) => [rowsOut, updated]),
    );
    expect(report.tables[2]!.placeholders.map((one) => [one.placeholders, one.rows])).toEqual(placeholders);
    for (const table of report.tables) expect(table.rowsIn).toBe(table.filtered + table.rejected + table.rowsOut);
    expect(await imports.rejected()).toHaveLength(report.tables.reduce((sum, { rejected }) => sum + rejected, 0));
    const rows = (await warehouse.rows('select customer_id, customer_name from customers')).toSorted(byText);
    expect(rows).toEqual(textOf(tables.customers, ['customer_id', 'name']));
    const stored = await warehouse.rows(
      'select relationship_id, customer_id, product_id, cast(start_date as varchar), cast(value as varchar) from customer_products',
    );
    const sales = [...tables.sales.values()].map((row) => ({
      ...row,
      value: row['value'] === '-2' ? '-2.00' : row['value']!,
    }));
    const byId = new Map(sales.map((row) => [(row as Row)['relationship_id']!, row as Row]));
    expect(stored.toSorted(byText)).toEqual(
      textOf(byId, ['relationship_id', 'customer_id', 'product_id', 'start_date', 'value']),
    );
    expect(await warehouse.rows('select count(*) from products')).toEqual([[tables.products.size]]);
  };
  const mode = fc.constantFrom<ImportMode[]>('replace', 'append', 'upsert');
  const missing = fc.constantFrom<OnMissingReference[]>('reject', 'placeholder');
  try {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        missing,
        worlds,
        mode,
        missing,
        async (first, firstMissing, second, secondMode, secondMissing) => {
          const tables: Tables = { customers: new Map(), products: new Map(), sales: new Map() };
          await step(first, tables, 'replace', firstMissing);
          await step(second, tables, secondMode, secondMissing);
        },
      ),
      { numRuns: 25 },
    );
  } finally {
    await imports.close();
  }
}, 120_000);
