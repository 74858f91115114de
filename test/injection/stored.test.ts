import { afterAll, beforeAll, expect, test } from 'vitest';
import { fieldsOf } from '../../src/analysis/columns.ts';
import { csvRowsAs, ndjsonRows } from '../contract/rows-of.ts';
import { withQuery } from '../world-client.ts';
import { openWorld, type World } from '../world.ts';
import { TINY } from '../world-rows.ts';
import { HOSTILE, naughtyStrings } from './hostile-texts.ts';

/** Texts that the table takes, each once, as contents of rows. */
const TEXTS = [...new Set([...HOSTILE, ...(naughtyStrings() ?? [])].map((text) => text.toWellFormed()))].filter(
  (text) => Array.from(text).length <= 255,
);
/** Those that can be ids; an empty one, `.` and `..` are no part of an address. */
const IDS = TEXTS.filter((text) => text.length <= 50 && !['', '.', '..'].includes(text));

let world: World;
beforeAll(async () => {
  const customers = [
    ...TEXTS.map((text, i) => ({ customer_id: `name ${i}`, customer_name: text, attribute_tier: text })),
    ...IDS.map((text) => ({ customer_id: text, customer_name: 'by id' })),
  ];
  world = await openWorld({ rows: { ...TINY, customers } });
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

test('what is stored is read as it is, in every format', { timeout: 120_000 }, async () => {
  const expected = TEXTS.map((text, i) => ({
    customerId: `name ${i}`,
    customerName: text,
    attributes: { tier: text },
  }));
  const address = (format: string) =>
    withQuery('/v1/customers', {
      'customerId[like]': 'name %',
      fields: 'customerId,customerName,attributes.tier',
      limit: 1000,
      format,
    });
  const byId = (list: readonly object[]) => [...list].sort((a, b) => numberOf(a) - numberOf(b));
  const numberOf = (row: object) => Number(String((row as { customerId: string }).customerId).slice(5));
  const { json } = await world.get(address('json'));
  expect(byId(json.data)).toEqual(expected);
  expect(byId(ndjsonRows((await world.get(address('ndjson'))).text))).toEqual(expected);
  const fields = fieldsOf(world.engine.registry.get('customers.list'), world.engine.catalog);
  expect(byId(csvRowsAs(fields, (await world.get(address('csv'))).text))).toEqual(expected);
});

test('each text finds its row, and only rows that hold it', { timeout: 120_000 }, async () => {
  for (const [i, text] of TEXTS.entries()) {
    for (const filter of [
      { customerName: text },
      { 'customerName[in]': [text, 'no row'] },
      { customerName: text, 'attributes.tier[gte]': text },
    ]) {
      const { json } = await world.post('/v1/analyses/customers.list', {
        ...filter,
        fields: 'customerId,customerName',
      });
      expect([text, json.data]).toEqual([text, [{ customerId: `name ${i}`, customerName: text }]]);
    }
  }
});

test('each id finds its customer', { timeout: 120_000 }, async () => {
  for (const id of IDS) {
    const { status, json } = await world.get(`/v1/customers/${encodeURIComponent(id)}`);
    expect([id, status, (json.data as unknown as { customerId: string }).customerId]).toEqual([id, 200, id]);
    expect((await world.get(`/v1/customers/${encodeURIComponent(id)}/products`)).status).toBe(200);
  }
});

test('the pages of a list by such texts hold every row once', { timeout: 120_000 }, async () => {
  const seen: unknown[] = [];
  let cursor: string | null | undefined;
  do {
    const body = { sort: '-customerName,attributes.tier', limit: 37, ...(cursor === undefined ? {} : { cursor }) };
    const { json } = await world.post('/v1/analyses/customers.list', body);
    seen.push(...json.data.map(({ customerId }) => customerId));
    cursor = json.page!.nextCursor;
  } while (cursor !== null);
  expect(seen).toHaveLength(TEXTS.length + IDS.length);
  expect(new Set(seen).size).toBe(seen.length);
});
