import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../world.ts';
import { HOSTILE, naughtyStrings } from './hostile-texts.ts';

const TEXTS = [...new Set([...HOSTILE, ...(naughtyStrings() ?? [])].map((text) => text.toWellFormed()))];
const lengthOf = (text: string) => Array.from(text).length;
/** What can be a name or an attribute, and what can be an id; `.` and `..` are no part of an address. */
const NAMES = TEXTS.filter((text) => lengthOf(text) <= 255);
const IDS = NAMES.filter((text) => HOSTILE.includes(text) && lengthOf(text) <= 50 && !['', '.', '..'].includes(text));
const SLOW = { timeout: 300_000 };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect((await world.get('/v1/relationships?limit=1&total=true')).json.page!.total).toBeGreaterThan(5);
  expect(world.faults).toEqual([]);
  await world.close();
});

/** Side by side, so that they share transactions. */
async function forEach(texts: readonly string[], act: (text: string, i: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < texts.length; from += 50)
    await Promise.all(texts.slice(from, from + 50).map((text, i) => act(text, from + i)));
}
const path = (id: string) => `/v1/customers/${encodeURIComponent(id)}`;
const record = (text: string, id: string) => ({ customerId: id, customerName: text, attributes: { tier: text } });

test('as id: created, found by its address and by a filter, changed and deleted', SLOW, async () => {
  await forEach(IDS, async (id, i) => {
    const made = await world.post('/v1/customers', record(`name ${i}`, id));
    expect([id, made.status, made.json.data]).toMatchObject([id, 201, record(`name ${i}`, id)]);
    const shown = await world.get(path(id));
    expect([id, shown.status, shown.json.data]).toMatchObject([id, 200, { customerId: id, customerName: `name ${i}` }]);
    const found = await world.post('/v1/analyses/customers.list', { 'customerId[in]': [id, 'no row'] });
    expect([id, found.json.data]).toMatchObject([id, [{ customerId: id }]]);
    // As a reference, too.
    const held = await world.post('/v1/relationships', { relationshipId: id, customerId: id, productId: 'P1' });
    expect([id, held.status, held.json.data]).toMatchObject([id, 201, { relationshipId: id, customerId: id }]);
  });
  await forEach(IDS, async (id) => {
    expect((await world.write('DELETE', `${path(id)}?cascade=true`, undefined, { 'if-match': '*' })).status).toBe(200);
    expect((await world.get(path(id))).status).toBe(404);
  });
});

test('as name and attribute: created, replaced, patched and filtered by', SLOW, async () => {
  await forEach(
    NAMES.filter((text) => HOSTILE.includes(text)),
    async (text, i) => {
      const id = `N${i}`;
      const region = Array.from(text).slice(0, 20).join('');
      const made = await world.post('/v1/customers', record('before', id));
      expect([text, made.status]).toEqual([text, 201]);
      const replaced = await world.write('PUT', path(id), record(text, id), {
        'if-match': String(made.headers['etag']),
      });
      expect([text, replaced.status, replaced.json.data]).toMatchObject([text, 200, record(text, id)]);
      const etag = String(replaced.headers['etag']);
      const patched = await world.write('PATCH', path(id), { region }, { 'if-match': etag });
      expect([text, patched.status]).toEqual([text, 200]);
      const shown = (await world.get(path(id))).json.data;
      expect([text, shown]).toMatchObject([text, { ...record(text, id), region }]);
      const filters = { customerName: text, 'attributes.tier': text, 'customerId[like]': 'N%' };
      const found = await world.post('/v1/analyses/customers.list', filters);
      expect([text, found.json.data]).toMatchObject([text, [{ customerId: id }]]);
    },
  );
});

test('too long, or empty: refused with the rule, and nothing is stored', SLOW, async () => {
  const refusals = [
    record('name', 'x'.repeat(51)),
    record('name', '漢'.repeat(51)),
    record('name', ''),
    record('x'.repeat(256), 'long'),
  ];
  for (const body of refusals) {
    const { status, problem } = await world.post('/v1/customers', body);
    expect([body, status]).toEqual([body, status < 400 ? 'a refusal' : status]);
    expect(JSON.stringify(problem)).toMatch(/customerId|customerName/);
  }
  expect((await world.get('/v1/customers/long')).status).toBe(404);
});

test('as lines of a bulk body', SLOW, async () => {
  const lines = NAMES.map((text, i) => `${JSON.stringify(record(text, `B${i}`))}\n`).join('');
  const headers = { host: 'test', 'content-type': 'application/x-ndjson' };
  const reply = await world.app.inject({ method: 'POST', url: '/v1/customers/bulk', headers, payload: lines });
  expect(JSON.parse(reply.body.trimEnd().split('\n').at(-1)!)).toMatchObject({ summary: { created: NAMES.length } });
  const { text } = await world.get('/v1/customers?format=ndjson&customerId[like]=B%25');
  const shown = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { customerId: string });
  expect(new Map(shown.map((row) => [row.customerId, row]))).toEqual(
    new Map(NAMES.map((one, i) => [`B${i}`, expect.objectContaining({ customerName: one })])),
  );
});
