import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { TINY } from '../../test/world-rows.ts';
import { derived, sql } from '../data/sql/sql.ts';
import { defineAnalysis, type SqlKit } from './define.ts';
import { derivedIn, holdTables } from './derived-table.ts';
import { field } from './fields.ts';

const owned = ({ t }: SqlKit, least: number) =>
  derived({
    name: 'test.owned',
    argument: String(least),
    key: 'customer_id',
    select: sql`select r.customer_id, count(*) as relationships from ${t.customerProducts} r group by r.customer_id having count(*) >= ${least}`,
  });

const sums = defineAnalysis({
  name: 'test.sums',
  title: 'Sums over a derived table',
  description: 'Of a test.',
  params: Type.Object({ least: Type.Integer({ default: 1, description: 'Least.' }) }),
  row: Type.Object({ customers: field.count('Customers.'), relationships: field.count('Relationships.') }),
  sql: ({ least }, kit) =>
    sql`select count(*) as customers, coalesce(sum(o.relationships), 0) as relationships from ${owned(kit, least)} o where o.relationships < ${1000}`,
  examples: [{ title: 'All', params: {} }],
});

let world: World;
beforeAll(async () => {
  world = await openWorld({ analyses: [sums] });
});
afterAll(() => world.close());

type Row = { customers: number; relationships: number };
type Answered = { data: readonly Row[]; meta: { reads: { tables: string[]; columns: string[] }; built?: string[] } };
const ask = async (query = ''): Promise<Answered> => {
  const reply = await world.get(`/v1/analyses/test.sums${query}`);
  expect(reply.status).toBe(200);
  return reply.json as unknown as Answered;
};
const run = (text: string, params: readonly number[] = []) =>
  world.warehouse.query(world.owner, { text, params, reads: { tables: [], columns: [] } }, { lane: 'fast' });
/** The numbers as they stand now, straight from the rows. */
const counted = async (least: number) => {
  const groups = 'select count(*) n from customer_products group by customer_id having count(*) >= ?';
  const rows = await run(`select count(*), coalesce(sum(n), 0) from (${groups})`, [least]);
  return rows.columns.map(([value]) => Number(value));
};
const tablesKept = async () =>
  (await run("select table_name from duckdb_tables() where database_name = 'service_scratch'")).columns[0]!;

describe('an intermediate table', () => {
  test('is built for the first answer, and read by the next ones', async () => {
    const first = await ask('?explain=true');
    expect([first.data[0]!.customers, first.data[0]!.relationships]).toEqual(await counted(1));
    expect(JSON.stringify(first.meta)).toContain('service_scratch');
    expect(await tablesKept()).toHaveLength(1);
    expect((await ask('?explain=true')).data).toEqual(first.data);
    expect(await tablesKept()).toHaveLength(1);
  });

  test('tells what it read of the core tables', async () => {
    const { meta } = await ask('?explain=true');
    expect(meta.reads).toEqual({ tables: ['customer_products'], columns: ['customer_products.customer_id'] });
  });

  test('another argument is another table', async () => {
    expect(Object.values((await ask('?least=2')).data[0]!)).toEqual(await counted(2));
    expect(await tablesKept()).toHaveLength(2);
  });

  test('a write makes it anew', async () => {
    const before = (await ask()).data[0]!;
    const more = { relationship_id: 'new-one', customer_id: 'C1', product_id: 'P1' };
    await world.refill({ ...TINY, customer_products: [...TINY.customer_products, more] });
    const after = (await ask()).data[0]!;
    expect(after.relationships).toBe(before.relationships + 1);
    expect(Object.values(after)).toEqual(await counted(1));
  });

  test('is the same rows by csv, and dropped when it is forgotten and nobody reads it', async () => {
    const text = (await world.get('/v1/analyses/test.sums?format=csv')).text;
    const [customers, relationships] = await counted(1);
    expect(text.trim().split(/\r?\n/)[1]).toBe(`${customers},${relationships}`);
    const kit = { t: world.engine.tables } as SqlKit;
    const held = await holdTables(world.engine, world.owner, sql`select 1 from ${owned(kit, 1)} o`);
    world.engine.derivations.clear();
    await expect.poll(tablesKept).toHaveLength(1);
    held.release();
    await expect.poll(tablesKept).toHaveLength(0);
    expect(Object.values((await ask('?explain=true')).data[0]!)).toEqual(await counted(1));
  });
});

describe('derivedIn', () => {
  test('names each once', () => {
    const kit = { t: world.engine.tables } as SqlKit;
    const twice = sql`select 1 from ${owned(kit, 1)} a, ${owned(kit, 1)} b, ${owned(kit, 2)} c`;
    expect(derivedIn(twice).map(({ argument }) => argument)).toEqual(['1', '2']);
    expect(derivedIn(sql`select 1`)).toEqual([]);
  });
});
