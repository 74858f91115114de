import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../world.ts';
import { HOSTILE, naughtyStrings } from './hostile-texts.ts';
import { PLACES, type Place } from './places.ts';

let world: World;
/** All that is stored, and the tables that there are. */
const stored = async () => {
  const text = `select (select count(*) from information_schema.tables) as tables,
(select md5(string_agg(c::varchar, '|' order by c.customer_id)) from customers c) as customers,
(select md5(string_agg(p::varchar, '|' order by p.product_id)) from products p) as products,
(select md5(string_agg(r::varchar, '|' order by r.relationship_id)) from customer_products r) as relationships`;
  const statement = { text, params: [], reads: { tables: [], columns: [] } };
  return (await world.warehouse.query(world.owner, statement, { lane: 'fast' })).columns;
};
let before: unknown;
const HARMLESS = ['harmless', 'C1', '2024-01-01', '1', 'true'];
/** Texts of all statements that run for harmless values, wherever they are put. */
const known = new Set<string>();
beforeAll(async () => {
  // Without a snapshot the statement of every list runs for every question.
  world = await openWorld({ settings: { SNAPSHOT_MAX_ROWS: 0 } });
  for (const harmless of HARMLESS) for (const place of PLACES) await place.send(world, harmless);
  for (const { text } of world.ran) known.add(text);
  before = await stored();
});
afterAll(async () => {
  expect(await stored()).toEqual(before);
  expect(world.faults).toEqual([]);
  await world.close();
});

/** Where a value decides what is asked: the name of a field, a number of rows, a format. */
const CHOICES = new Set([
  'sort',
  'fields',
  'facets',
  'isNull',
  'limit',
  'format',
  'the name of a parameter',
  'a header',
]);

/** A text is answered, refused or not found; and what runs for it is what runs for harmless ones: it is only bound. */
async function expectOnlyBound(place: Place, texts: readonly string[]): Promise<void> {
  const found: unknown[] = [];
  for (const text of texts) {
    world.ran.length = 0;
    const reply = await place.send(world, text);
    const strange = CHOICES.has(place.name) ? [] : world.ran.filter((statement) => !known.has(statement.text));
    if (strange.length > 0 || ![200, 400, 404, 406].includes(reply.status))
      found.push({ text, status: reply.status, body: reply.text.slice(0, 300), strange });
  }
  expect(found).toEqual([]);
}

describe.each(PLACES)('$name', (place) => {
  test('hostile texts are values and nothing else', async () => {
    await expectOnlyBound(place, HOSTILE);
  });
});

/** The many strings of others go where texts reach statements: of filters, which all lists build alike, to a plain list and to one over facts. */
const DEEP = PLACES.filter(({ name }) =>
  /^(every text filter of (customers\.list|segments\.members)|q of customers|the (id|customer|product)|ids of many|sort)/.test(
    name,
  ),
);
const naughty = naughtyStrings();
describe.skipIf(naughty === undefined)('the strings that others collected', { timeout: 120_000 }, () => {
  test.each(DEEP)('in $name are values and nothing else', async (place) => {
    await expectOnlyBound(place, naughty!);
  });
});
