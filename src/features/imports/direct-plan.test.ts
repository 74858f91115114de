import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { directPlan, type DirectImport } from './direct-plan.ts';
import { testImports } from './test-import.ts';

let world: Awaited<ReturnType<typeof testImports>>;
beforeEach(async () => {
  world = await testImports();
});
afterEach(() => world.close());

const ATTRIBUTES = [
  { name: 'phone', type: 'text' },
  { name: 'loyalty_points', type: 'integer' },
] as const;

async function importFile(file: string, content: string, more: Partial<DirectImport> = {}) {
  await world.write({ [file]: content });
  const plan = { table: 'customers', attributes: ATTRIBUTES, mode: 'upsert', onReject: 'reject' } as const;
  return world.run(directPlan({ ...plan, onMissingReference: 'reject', file, ...more }));
}

const stored = () =>
  world.warehouse.rows('select customer_id, customer_name, phone, loyalty_points from customers order by 1');

describe('a file imported without a catalog', () => {
  test.each([
    ['by the names of the table', 'customer_id,customer_name,phone,loyalty_points'],
    ['by those of our CSV and JSON', 'customerId,customerName,attributes.phone,attributes.loyalty_points'],
    ['in any case', 'CUSTOMER_ID,Customer_Name,Attributes.Phone,loyaltyPoints'],
  ])('%s', async (_name, header) => {
    const report = await importFile('people.csv', `${header}\nC1,Ann,0123,7\n`);
    expect(report).toMatchObject({ outcome: 'imported', problem: null, catalog: 'people.csv' });
    expect(report.tables[0]!.warnings).toEqual([]);
    expect(await stored()).toEqual([['C1', 'Ann', '0123', 7]]);
  });

  test('as JSON with all attributes in one object', async () => {
    const rows = [
      { customerId: 'C1', customerName: 'Ann', attributes: { phone: '0123', loyalty_points: 7 } },
      { customerId: 'C2', attributes: { phone: null, shoe: { size: 4 } } },
      { customerId: 'C3', attributes: null, hat: 'red' },
      { customerId: 'C4', attributes: 'none' },
      { customerId: 'C5', attributes: { loyalty_points: 1.5 } },
    ];
    const report = await importFile('people.json', JSON.stringify(rows));
    expect(report.problem).toBe(null);
    expect(report.tables[0]!.warnings).toEqual(['not stored: hat, attributes.shoe']);
    expect(report.tables[0]!.rejects.map(({ reason, rows: count }) => [reason, count])).toEqual([
      ['attributes.not_an_object', 1],
      ['loyalty_points.not_a_number', 1],
    ]);
    expect(await stored()).toEqual([
      ['C1', 'Ann', '0123', 7],
      ['C2', null, null, null],
      ['C3', null, null, null],
    ]);
  });

  test('an attribute that is called attributes is a column like others', async () => {
    const attributes = [{ name: 'attributes', type: 'text' }] as const;
    await importFile('people.csv', 'customer_id,attributes\nC1,x\n', { attributes });
    expect(await world.warehouse.rows('select attributes from customers')).toEqual([['x']]);
  });

  test('columns that nothing takes are told, and rejected rows with their line', async () => {
    const text = 'customer_id,Shoe,customer_name,hat\n\nC1,4,Ann,\n,5,"Bob\n2",\nC1,4,Cy,\nC2\nC3,6,Di,\n';
    const report = await importFile('people.csv', text);
    expect(report.tables[0]).toMatchObject({
      rowsIn: 4,
      rejected: 2,
      rowsOut: 2,
      warnings: ['not stored: Shoe, hat'],
      rejects: [
        { reason: 'customer_id.missing', samples: [{ row: 2, line: 4 }] },
        { reason: 'customer_id.duplicate', samples: [{ row: 3, line: 6 }] },
      ],
    });
    expect(await world.rejected()).toEqual([
      { part: 'rows', reason: 'csv.columns', line: 7, row: null, record: 'C2', values: null },
      {
        part: 'customers',
        reason: 'customer_id.missing',
        line: 4,
        row: 2,
        record: null,
        values: { customer_id: null, customer_name: 'Bob\n2' },
      },
      {
        part: 'customers',
        reason: 'customer_id.duplicate',
        line: 6,
        row: 3,
        record: null,
        values: { customer_id: 'C1', customer_name: 'Cy' },
      },
    ]);
  });

  test('a header that lacks the id says so, and what is there', async () => {
    expect((await importFile('people.csv', 'custmer_id,name\nC1,Ann\n')).problem).toMatch(
      /the file has no column "customer_id" \(did you mean "custmer_id"\?\); it has "custmer_id", "name"$/,
    );
    const relationships = { table: 'customer_products', attributes: [] } as const;
    expect((await importFile('x.csv', 'relationshipId,customerId\nR,C\n', relationships)).problem).toMatch(
      /the file has no column "product_id"; it has "relationshipId", "customerId"$/,
    );
  });

  test('two columns of one meaning are refused', async () => {
    expect((await importFile('people.csv', 'customer_id,phone,attributes.phone\nC1,1,2\n')).problem).toMatch(
      /customers: the columns "phone", "attributes.phone" of the file both mean phone; keep one of them/,
    );
  });

  test('relationships may get placeholders; customers never do', async () => {
    const plan = { table: 'customer_products', attributes: [], onMissingReference: 'placeholder' } as const;
    const report = await importFile('r.csv', 'relationshipId;customerId;productId\nR1;C1;P1\n', {
      ...plan,
      delimiter: ';',
    });
    expect(report.tables[0]).toMatchObject({ rowsOut: 1, placeholders: [{ ids: ['C1'] }, { ids: ['P1'] }] });
    expect(
      directPlan({ ...plan, table: 'products', file: 'x', mode: 'append', onReject: 'abort' }).tables,
    ).toMatchObject([{ onMissingReference: 'reject' }]);
  });
});
