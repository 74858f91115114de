import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportOverrides } from '../../data/catalog/import-plan.ts';
import { readImportPlan } from '../../data/catalog/read-import-plan.ts';
import { reasonsOf, testImports } from './test-import.ts';

let world: Awaited<ReturnType<typeof testImports>>;
beforeEach(async () => {
  world = await testImports();
});
afterEach(() => world.close());

const PEOPLE =
  '    customers: { sql: "select id as customer_id, name as customer_name from people", on_reject: reject }';
const SALES = `    customer_products:
      sql: select id as relationship_id, who as customer_id, what as product_id, value, cast(lines as bigint) as lines from sales
      source_lines: lines
      on_reject: reject`;
const FIRST = {
  'people.csv': 'id,name\nC1,Ann\nC2,Bob\n',
  'goods.csv': 'id,name\nP1,Tea\nP2,Pot\n',
  'sales.csv': 'id,who,what,value,lines\nR1,C1,P1,1.5,1\nR2,C2,P2,2,1\n',
};
const GOODS = '    products: { sql: "select id as product_id, name as product_name from goods", on_reject: reject }';
const ALL = [PEOPLE, GOODS, SALES].join('\n');
const customers = () => world.warehouse.rows('select customer_id, customer_name from customers order by 1');
const sales = () =>
  world.warehouse.rows('select relationship_id, customer_id, product_id, value from customer_products order by 1');

describe('append', () => {
  test('adds rows; ids that are stored, or come twice, are rejected', async () => {
    await world.importFiles(FIRST, ALL);
    const people = 'id,name\nC2,Other\nC3,Cy\nC3,Di\nC2,Again\n';
    const report = await world.importFiles({ 'people.csv': people }, PEOPLE, { mode: 'append' });
    expect(report).toMatchObject({ outcome: 'imported', problem: null });
    expect(report.tables[0]).toMatchObject({ rowsIn: 4, rejected: 3, rowsOut: 1, updated: 0 });
    expect(reasonsOf(report.tables[0]!)).toEqual({ 'customer_id.taken': 2, 'customer_id.duplicate': 1 });
    expect(await customers()).toEqual([
      ['C1', 'Ann'],
      ['C2', 'Bob'],
      ['C3', 'Cy'],
    ]);
  });

  test('makes a table that is not there', async () => {
    const report = await world.importFiles(FIRST, PEOPLE, { mode: 'append' });
    expect(report.tables[0]).toMatchObject({ rowsOut: 2, updated: 0 });
  });

  test('looks at a key besides the id among the stored rows too', async () => {
    await world.importFiles(FIRST, PEOPLE);
    const keyed = PEOPLE.replace('on_reject', 'key: [customer_name], on_reject');
    const people = 'id,name\nC3,Ann\nC4,Cy\nC1,Di\n';
    const report = await world.importFiles({ 'people.csv': people }, keyed, { mode: 'append' });
    expect(reasonsOf(report.tables[0]!)).toEqual({ 'customer_name.taken': 1, 'customer_id.taken': 1 });
    expect(await customers()).toHaveLength(3);
  });

  test('tells sums and warnings of what it added alone, and finds references in what is stored and what comes', async () => {
    await world.importFiles(FIRST, ALL);
    const files = {
      'people.csv': 'id,name\nC3,Cy\n',
      'sales.csv': 'id,who,what,value,lines\nR3,C3,P1,10,2\nR4,C9,P1,1,3\nR5,C1,P9,1,4\nR1,C1,P1,1,5\n',
    };
    const report = await world.importFiles(files, `${PEOPLE}\n${SALES}`, { mode: 'append' });
    expect(report.problem).toBe(null);
    expect(report.tables[1]).toMatchObject({
      rowsOut: 1,
      valueSum: '10.00',
      warnings: ['1 rows without start_date: they are in no period'],
      rejects: [
        { reason: 'customer_id.unknown', rows: 1, sourceLines: 3 },
        { reason: 'product_id.unknown', rows: 1, sourceLines: 4 },
        { reason: 'relationship_id.taken', rows: 1, sourceLines: 5 },
      ],
    });
    expect(await sales()).toHaveLength(3);
    const noValue = SALES.replace('value, ', '');
    const more = { 'sales.csv': 'id,who,what,lines\nR6,C1,P1,1\n' };
    expect((await world.importFiles(more, noValue, { mode: 'append' })).tables[0]).toMatchObject({
      rowsOut: 1,
      valueSum: '0.00',
    });
  });

  test('aborts for one row, and then nothing is added', async () => {
    await world.importFiles(FIRST, ALL);
    const people = { 'people.csv': 'id,name\nC2,Other\nC3,Cy\n' };
    const report = await world.importFiles(people, PEOPLE, { mode: 'append', onReject: 'abort' });
    expect(report).toMatchObject({ outcome: 'failed', problem: expect.stringContaining('1 of customers') });
    expect(await customers()).toHaveLength(2);
  });
});

describe('upsert', () => {
  test('replaces stored rows whole and adds others', async () => {
    await world.importFiles(FIRST, ALL);
    const files = {
      'people.csv': 'id,name\nC2,Rob\nC3,Cy\n,x\nC2,Twice\n',
      'sales.csv': 'id,who,what,lines\nR1,C3,P2,1\nR3,C2,P1,1\n',
    };
    const tables = `${PEOPLE}\n${SALES.replace('value, ', '')}`;
    const report = await world.importFiles(files, tables, { mode: 'upsert' });
    expect(report.problem).toBe(null);
    expect(report.tables[0]).toMatchObject({ rowsIn: 4, rejected: 2, rowsOut: 2, updated: 1 });
    expect(reasonsOf(report.tables[0]!)).toEqual({ 'customer_id.missing': 1, 'customer_id.duplicate': 1 });
    expect(report.tables[1]).toMatchObject({ rowsOut: 2, updated: 1 });
    expect(await customers()).toEqual([
      ['C1', 'Ann'],
      ['C2', 'Rob'],
      ['C3', 'Cy'],
    ]);
    expect(await sales()).toEqual([
      ['R1', 'C3', 'P2', null],
      ['R2', 'C2', 'P2', 2],
      ['R3', 'C2', 'P1', null],
    ]);
  });

  test('a key besides the id may be that of the row it replaces, not that of another', async () => {
    await world.importFiles(FIRST, PEOPLE);
    const keyed = PEOPLE.replace('on_reject', 'key: [customer_name], on_reject');
    const people = 'id,name\nC1,Ann\nC3,Bob\n';
    const report = await world.importFiles({ 'people.csv': people }, keyed, { mode: 'upsert' });
    expect(reasonsOf(report.tables[0]!)).toEqual({ 'customer_name.taken': 1 });
    expect(report.tables[0]).toMatchObject({ rowsOut: 1, updated: 1 });
  });
});

describe('the stored table', () => {
  const withColour = (tables: string) => tables.replace('from people', ', colour from people');
  const people = { 'people.csv': 'id,name,colour\nC1,Ann,7\n' };
  const head = (type: string) => `tables:\n  customers:\n    attributes: { colour: { type: ${type} } }\n`;
  const importWith = async (type: string, overrides: ImportOverrides) => {
    const sources = 'imports:\n  sources: { people: { file: people.csv } }\n  tables:\n';
    const text = `version: 1\n${type === '' ? '' : head(type)}${sources}${type === '' ? PEOPLE : withColour(PEOPLE)}\n`;
    await world.write(people);
    return world.run(readImportPlan(text, `${world.folder}/c.yaml`, world.folder, overrides));
  };

  test('is kept with its attributes', async () => {
    await importWith('integer', {});
    expect((await importWith('', { mode: 'upsert' })).problem).toBe(null);
    expect(await world.warehouse.rows('select customer_id, colour from customers')).toEqual([['C1', null]]);
    expect((await importWith('integer', { mode: 'upsert' })).tables[0]).toMatchObject({ updated: 1 });
    expect(await world.warehouse.rows('select customer_id, colour from customers')).toEqual([['C1', 7]]);
  });

  test('that lacks an attribute, or has it with another type, stops the import', async () => {
    await importWith('', {});
    expect((await importWith('text', { mode: 'append' })).problem).toMatch(
      /the stored table customers has no attribute "colour", and append keeps the table as it is; mode replace/,
    );
    await importWith('integer', {});
    expect((await importWith('text', { mode: 'upsert' })).problem).toMatch(
      /has another type \(BIGINT\) for the attribute "colour"/,
    );
  });

  test('of relationships that stay must find their customers in those that are replaced', async () => {
    await world.importFiles(FIRST, ALL);
    const tables = `${PEOPLE}\n${SALES.replace('on_reject', 'mode: append\n      on_reject')}`;
    const files = { 'people.csv': 'id,name\nC2,Bob\n', 'sales.csv': 'id,who,what,value,lines\nR3,C2,P2,2,1\n' };
    const refused = await world.importFiles(files, tables);
    expect(refused.problem).toMatch(/1 stored relationships have a customer_id that the new customers do not have/);
    const kept = { ...files, 'people.csv': 'id,name\nC2,Bob\nC1,Ann\n' };
    expect((await world.importFiles(kept, tables)).outcome).toBe('imported');
  });
});

describe('placeholders', () => {
  const files = {
    ...FIRST,
    'sales.csv': [
      'id,who,what,value,lines',
      'R1,C1,P1,1,1',
      'R2,C8,P9,1,2',
      'R3,C1,P9,1,3',
      'R4,C9,P8,1,4',
      'R4,C7,P7,1,5',
      'R5,C6,P6,x,6',
      ',C5,P5,1,7',
    ].join('\n'),
  };

  test('stand for what stored rows name, and for nothing else', async () => {
    const report = await world.importFiles(files, ALL, { onMissingReference: 'placeholder' });
    expect(report.problem).toBe(null);
    const sums = report.tables.map(({ rowsIn, filtered, rejected, rowsOut }) => [rowsIn, filtered, rejected, rowsOut]);
    expect(sums).toEqual([
      [2, 0, 0, 2],
      [2, 0, 0, 2],
      [7, 0, 3, 4],
    ]);
    expect(report.tables[2]!.placeholders).toMatchObject([
      { table: 'customers', placeholders: 2, rows: 2, sourceLines: 6, ids: ['C8', 'C9'] },
      { table: 'products', placeholders: 2, rows: 3, sourceLines: 9, ids: ['P9', 'P8'] },
    ]);
    expect(report.tables[2]!.placeholders[1]!.samples).toMatchObject([
      { row: 2, values: { relationship_id: 'R2', product_id: 'P9' } },
      { row: 3, values: { relationship_id: 'R3', product_id: 'P9' } },
    ]);
    expect((await customers()).slice(2)).toEqual([
      ['C8', null],
      ['C9', null],
    ]);
    const upserted = await world.importFiles({ 'people.csv': 'id,name\nC8,Eve\n' }, PEOPLE, { mode: 'upsert' });
    expect(upserted.tables[0]).toMatchObject({ rowsOut: 1, updated: 1 });
    expect((await customers())[2]).toEqual(['C8', 'Eve']);
  });

  test('without source_lines, on top of stored tables', async () => {
    await world.importFiles(FIRST, ALL);
    const plain = SALES.replace('\n      source_lines: lines', '');
    const sold = { 'sales.csv': 'id,who,what,value,lines\nR8,C9,P1,1,1\nR1,C4,P1,1,1\n' };
    const overrides = { mode: 'append', onMissingReference: 'placeholder' } as const;
    const report = await world.importFiles(sold, plain, overrides);
    expect(report.tables[0]).toMatchObject({
      rowsOut: 1,
      rejects: [{ reason: 'relationship_id.taken', sourceLines: null }],
      placeholders: [{ table: 'customers', placeholders: 1, rows: 1, sourceLines: null, ids: ['C9'] }],
    });
  });
});

test('source_lines must be an integer column of the sql', async () => {
  const text = SALES.replace('cast(lines as bigint) as lines', 'lines');
  expect((await world.importFiles(FIRST, [PEOPLE, GOODS, text].join('\n'))).problem).toMatch(
    /customer_products: source_lines: the column "lines" must be an integer, not VARCHAR/,
  );
  const none = SALES.replace('source_lines: lines', 'source_lines: line');
  expect((await world.importFiles(FIRST, [PEOPLE, GOODS, none].join('\n'))).problem).toMatch(
    /gives no column "line" \(did you mean "lines"\?\)/,
  );
});
