import fc from '../../test/fast-check.ts';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOSTILE } from '../../test/injection/hostile-texts.ts';
import { openWorld, type World } from '../../test/world.ts';

type Answer = Readonly<Record<string, unknown>>;

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

async function bulk(path: string, lines: readonly unknown[], { app } = world) {
  const payload = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const headers = { host: 'test', 'content-type': 'application/x-ndjson' };
  const reply = await app.inject({ method: 'POST', url: `/v1/${path}`, headers, payload });
  const answers = reply.statusCode === 200 ? linesOf(reply.body) : [];
  return { reply, answers: answers.slice(0, -1), summary: answers.at(-1)?.['summary'] as Answer };
}
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
const dataOf = async (path: string) => (await world.get(path)).json.data as unknown as Answer;
const relationship = (id: string, more: object = {}) => ({
  relationshipId: id,
  customerId: 'C1',
  productId: 'P1',
  ...more,
});
const NONE = { created: 0, replaced: 0, patched: 0, deleted: 0, failed: 0, superseded: 0 };

describe('each mode', () => {
  test('create: made ids, taken ids, and the next read sees it', async () => {
    const { reply, answers, summary } = await bulk('customers/bulk', [
      { customerId: 'N1', customerName: 'Néw', attributes: { tier: 'gold', score: 1.5, isVip: undefined } },
      { customerName: 'no id' },
      { customerId: 'C1' },
    ]);
    expect(reply.headers['content-type']).toBe('application/x-ndjson');
    expect(answers).toMatchObject([
      { line: 1, id: 'N1', status: 201 },
      { line: 2, status: 201 },
      { line: 3, id: 'C1', status: 409, code: 'record.taken' },
    ]);
    expect(summary).toEqual({ ...NONE, lines: 3, created: 2, failed: 1 });
    expect(await dataOf('/v1/customers/N1')).toMatchObject({ customerName: 'Néw', attributes: { tier: 'gold' } });
    expect(await dataOf(`/v1/customers/${String(answers[1]!['id'])}`)).toMatchObject({ customerName: 'no id' });
  });

  test('upsert creates, and replaces whole', async () => {
    const { answers, summary } = await bulk('customers/bulk?mode=upsert', [
      { customerId: 'C1', region: 'east' },
      { customerId: 'N2', region: 'west' },
    ]);
    expect(answers).toEqual([
      { line: 1, id: 'C1', status: 200 },
      { line: 2, id: 'N2', status: 201 },
    ]);
    expect(summary).toEqual({ ...NONE, lines: 2, created: 1, replaced: 1 });
    expect(await dataOf('/v1/customers/C1')).toMatchObject({ region: 'east', customerName: null, status: null });
  });

  test('patch changes what it names, each line its own columns', async () => {
    const before = await dataOf('/v1/customers/C1');
    const { answers, summary } = await bulk('customers/bulk?mode=patch', [
      { customerId: 'C1', region: 'east', attributes: { score: 2.25 } },
      { customerId: 'C2', status: null },
      { customerId: 'none', status: 'x' },
      { status: 'x' },
      { customerId: 'C3', customerType: 'consumer' },
    ]);
    expect(answers.map(({ status, code }) => [status, code])).toEqual([
      [200, undefined],
      [200, undefined],
      [404, 'customer.not_found'],
      [400, 'request.invalid'],
      [200, undefined],
    ]);
    expect(summary).toEqual({ ...NONE, lines: 5, patched: 3, failed: 2 });
    const attributes = { ...(before['attributes'] as Answer), score: 2.25 };
    expect(await dataOf('/v1/customers/C1')).toEqual({ ...before, region: 'east', attributes });
    expect(await dataOf('/v1/customers/C2')).toMatchObject({ status: null, region: 'north' });
  });

  test('delete needs the id only, and leaves what relationships refer to', async () => {
    const customers = await bulk('customers/bulk?mode=delete', [
      { customerId: 'C5' },
      { customerId: 'C1' },
      { customerId: 'none' },
    ]);
    expect(customers.answers.map(({ status, code }) => [status, code])).toEqual([
      [200, undefined],
      [409, 'record.related'],
      [404, 'customer.not_found'],
    ]);
    expect(customers.answers[1]!['detail']).toMatch(/^4 relationships/);
    expect((await bulk('products/bulk?mode=delete', [{ productId: 'P1' }])).answers).toMatchObject([{ status: 409 }]);
    await world.get('/v1/customers/C1/products');
    const own = await bulk('relationships/bulk?mode=delete', [{ relationshipId: 'R01' }, { relationshipId: 'R02' }]);
    expect(own.summary).toEqual({ ...NONE, lines: 2, deleted: 2 });
    expect((await world.get('/v1/customers/C1/products?productId=P1')).json.data).toEqual([]);
    expect((await world.get('/v1/customers/C5')).status).toBe(404);
  });
});

describe('a failing line does not fail its neighbours', () => {
  test('broken, unknown, wrong, dangling and unstorable lines say so; blank ones are nothing', async () => {
    const { answers, summary } = await bulk('relationships/bulk', [
      relationship('B1'),
      '{"relationshipId": "B2"',
      '  \r',
      '[1]',
      'null',
      '7',
      relationship('B3', { nmae: 1 }),
      relationship('B4', { startDate: 7 }),
      relationship('B5', { customerId: 'nobody', productId: 'nothing' }),
      relationship('B6', { value: 1.005 }),
      relationship('B7', { startDate: '2024-02-30' }),
      relationship('x'.repeat(51)),
      { relationshipId: 'B8' },
      '{"__proto__": {"x": 1}}',
      relationship('B9'),
    ]);
    expect(answers.map(({ line, status, code }) => [line, status, code])).toEqual([
      [1, 201, undefined],
      [2, 400, 'request.malformed'],
      [4, 400, 'request.invalid'],
      [5, 400, 'request.invalid'],
      [6, 400, 'request.invalid'],
      [7, 400, 'request.invalid'],
      [8, 400, 'request.invalid'],
      [9, 422, 'record.dangling'],
      [10, 422, 'record.value'],
      [11, 422, 'record.value'],
      [12, 422, 'record.value'],
      [13, 422, 'record.value'],
      [14, 400, 'request.malformed'],
      [15, 201, undefined],
    ]);
    expect(summary).toEqual({ ...NONE, lines: 14, created: 2, failed: 12 });
    expect((await world.get('/v1/relationships/B5')).status).toBe(404);
  });

  test('bytes that are no text, and a line beyond BODY_BYTES', async () => {
    const small = await openWorld({ settings: { BODY_BYTES: 1000 } });
    const lines = ['{"customerId":"a"}', `{"customerId":"${'x'.repeat(1000)}"}`, '{"customerId":"b"}'].join('\n');
    const payload = Buffer.concat([Buffer.from(lines), Buffer.from([0x0a, 0x22, 0xff, 0x22])]);
    const headers = { 'content-type': 'application/x-ndjson' };
    const reply = await small.app.inject({ method: 'POST', url: '/v1/customers/bulk', headers, payload });
    expect(linesOf(reply.body).map(({ status, code }) => [status, code])).toEqual([
      [201, undefined],
      [413, 'request.too_large'],
      [201, undefined],
      [400, 'request.malformed'],
      [undefined, undefined],
    ]);
    await small.close();
  });

  test('what the table itself refuses fails one line', async () => {
    const catalog = 'version: 1\ntables:\n  products: { table: shop, columns: { product_type: null } }\n';
    const statements = [
      'create table shop (product_id varchar, product_name varchar, product_category varchar, launch_date date, status varchar check (length(status) < 4))',
    ];
    const strict = await openWorld({ catalog, statements });
    const lines = ['ok', 'too long', 'yes'].map((status, i) => ({ productId: `S${i}`, status }));
    const { answers, summary } = await bulk('products/bulk', lines, strict);
    expect(answers.map(({ status, code }) => [status, code])).toEqual([
      [201, undefined],
      [500, 'warehouse.failed'],
      [201, undefined],
    ]);
    expect(summary).toMatchObject({ created: 2, failed: 1 });
    expect(strict.faults).toHaveLength(1);
    await strict.close();
  });
});

describe('of several lines with one id', () => {
  test.each(['create', 'upsert'])('the last wins: %s', async (mode) => {
    const { answers, summary } = await bulk(`customers/bulk?mode=${mode}`, [
      { customerId: 'D', region: 'first', status: 'x' },
      { customerId: 'D', region: 'second' },
      { customerId: 'D', customerType: 'x'.repeat(51) },
    ]);
    expect(answers).toMatchObject([
      { line: 1, id: 'D', status: 200, code: 'superseded', detail: 'line 2 has the same id' },
      { line: 2, id: 'D', status: 201 },
      { line: 3, id: 'D', status: 422 },
    ]);
    expect(summary).toEqual({ ...NONE, lines: 3, created: 1, failed: 1, superseded: 1 });
    expect(await dataOf('/v1/customers/D')).toMatchObject({ region: 'second', status: null });
  });

  test('patches add up, and a delete is done once', async () => {
    const patches = [
      { customerId: 'C1', region: 'a', status: 'b', attributes: { score: 3 } },
      { customerId: 'C1', region: 'c' },
    ];
    expect((await bulk('customers/bulk?mode=patch', patches)).summary).toEqual({
      ...NONE,
      lines: 2,
      patched: 1,
      superseded: 1,
    });
    expect(await dataOf('/v1/customers/C1')).toMatchObject({ region: 'c', status: 'b', attributes: { score: 3 } });
    const twice = await bulk('customers/bulk?mode=delete', [{ customerId: 'C5' }, { customerId: 'C5' }]);
    expect(twice.summary).toEqual({ ...NONE, lines: 2, deleted: 1, superseded: 1 });
  });
});

test('2,500 lines are three transactions', async () => {
  const before = (await world.get('/v1/customers/C1')).json.meta['dataVersion'] as Record<string, number>;
  const lines = Array.from({ length: 2_500 }, (_, i) => ({ customerId: `L${i}`, customerName: `name ${i}` }));
  const { answers, summary } = await bulk('customers/bulk', lines);
  expect(answers.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
  expect(summary).toEqual({ ...NONE, lines: 2_500, created: 2_500 });
  const after = (await world.get('/v1/customers/C1')).json.meta['dataVersion'] as Record<string, number>;
  expect(after['customers']! - before['customers']!).toBe(3);
  expect((await world.get('/v1/customers?customerId[like]=L%&total=true&limit=1')).json.page!.total).toBe(2_500);
});

test('naughty texts are stored and returned unchanged, as ids and values', async () => {
  const texts = [...new Set(HOSTILE.filter((text) => text.isWellFormed()))].filter(({ length }) => length <= 200);
  // An empty id has no address: it is refused.
  const ids = texts.filter(({ length }) => length > 0 && length <= 50);
  const lines = [
    ...texts.map((text, i) => ({ customerId: `name ${i}`, customerName: text })),
    ...ids.map((text) => ({ customerId: text, customerName: 'by id' })),
  ];
  const { answers } = await bulk('customers/bulk', lines);
  expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
  expect(answers.map(({ id }) => id)).toEqual(lines.map(({ customerId }) => customerId));
  const stored = linesOf((await world.get('/v1/customers?format=ndjson')).text);
  const names = new Map(stored.map((row) => [row['customerId'], row['customerName']]));
  expect(lines.map(({ customerId }) => names.get(customerId))).toEqual(lines.map(({ customerName }) => customerName));
  const empty = await bulk('customers/bulk', [{ customerId: '' }]);
  expect(empty.answers).toMatchObject([{ id: '', status: 422, code: 'record.value' }]);
});

test('when the client leaves, what was answered is stored and the rest is not begun', async () => {
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = world.app.server.address() as AddressInfo;
  const ended = new Promise<number>((resolve) => world.app.onRequestEnd(({ status }) => resolve(status)));
  const headers = { 'content-type': 'application/x-ndjson' };
  const sent = httpRequest({ port, path: '/v1/customers/bulk', method: 'POST', headers });
  sent.on('error', () => {});
  sent.write(Array.from({ length: 1_500 }, (_, i) => `{"customerId":"G${i}"}\n`).join(''));
  const [reply] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
  reply.on('error', () => {});
  let text = '';
  while (text.split('\n').length <= 1_000) text += String((await once(reply, 'data'))[0]);
  sent.destroy();
  expect(await ended).toBe(499);
  const answered = linesOf(text.slice(0, text.lastIndexOf('\n'))).map(({ id }) => id);
  expect(answered).toHaveLength(1_000);
  const stored = linesOf((await world.get('/v1/customers?format=ndjson&customerId[like]=G%')).text);
  expect(new Set(stored.map(({ customerId }) => customerId))).toEqual(new Set(answered));
});

test('what is no bulk', async () => {
  expect((await world.post('/v1/customers/bulk', {})).problem).toMatchObject({
    code: 'request.unsupported_media_type',
    detail: 'The body must have the content-type application/x-ndjson.',
  });
  expect((await bulk('customers/bulk?mode=merge', [])).reply.statusCode).toBe(400);
  expect((await bulk('customers/bulk?cascade=true', [])).reply.statusCode).toBe(400);
  expect((await bulk('customers/bulk', [])).summary).toEqual({ ...NONE, lines: 0 });
  const none = await world.app.inject({ method: 'POST', url: '/v1/customers/bulk' });
  expect(linesOf(none.body)).toEqual([{ summary: { ...NONE, lines: 0 } }]);
});

test('a derived table is 405 and not in OpenAPI; a column by expression is that line’s error', async () => {
  const catalog = `version: 1
tables:
  customers: { table: clients, columns: { region: { expression: upper(status) }, customer_type: null, registration_date: null } }
  products:
    sql: select 'P1' as product_id, 'Tea' as product_name
`;
  const statements = ['create table clients (customer_id varchar, customer_name varchar, status varchar)'];
  const derived = await openWorld({ catalog, statements });
  expect((await bulk('products/bulk', [{}], derived)).reply.json()).toMatchObject({ code: 'catalog.read_only' });
  const { paths } = JSON.parse((await derived.get('/openapi.json')).text) as { paths: Record<string, object> };
  expect(paths['/v1/products/bulk']).toBeUndefined();
  expect(Object.keys(paths['/v1/customers/bulk']!)).toEqual(['post']);
  const lines = [
    { customerId: 'a', status: 's' },
    { customerId: 'b', region: 'x' },
  ];
  expect((await bulk('customers/bulk', lines, derived)).answers).toMatchObject([
    { status: 201 },
    { status: 422, code: 'catalog.column_read_only' },
  ]);
  const back = [{ customerId: 'a', status: 's', region: 'S', customerName: 'A' }];
  expect((await bulk('customers/bulk?mode=upsert', back, derived)).answers).toMatchObject([{ status: 200 }]);
  await derived.close();
});

test.each(['database', 'schema', 'column'] as const)('isolation by %s: no row of another tenant', async (ISOLATION) => {
  const theirs = { customers: [{ customer_id: 'T1', region: 'theirs' }], products: [], customer_products: [] };
  const shared = await openWorld({ settings: { ISOLATION }, others: { other: theirs } });
  const own = await bulk('customers/bulk', [{ customerId: 'T1', region: 'ours' }], shared);
  expect(own.answers).toMatchObject([{ status: 201 }]);
  await bulk('customers/bulk?mode=patch', [{ customerId: 'T1', region: 'changed' }], shared);
  expect((await shared.get('/v1/customers/T1')).json.data).toMatchObject({ region: 'changed' });
  await bulk('customers/bulk?mode=delete', [{ customerId: 'T1' }], shared);
  expect((await shared.get('/v1/customers/T1')).status).toBe(404);
  expect(shared.faults).toEqual([]);
  await shared.close();
});

test('bulk equals the same single writes one by one', { timeout: 120_000 }, async () => {
  const single = await openWorld();
  const member = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const body = fc.record({
    relationshipId: fc.constantFrom('R01', 'R02', 'N1', 'N2', 'N3'),
    customerId: member<string | null>('C1', 'C2', 'nobody', null),
    productId: member<string | null>('P1', 'P2', 'nothing'),
    relationshipType: member<string | null>('purchase', "o'", null),
    startDate: member<string | null>('2024-01-01', '2024-02-30', null),
    value: member<unknown>(1, '2.50', 1.005, null),
    attributes: member<object>({ channel: 'web' }, { channel: null }, {}),
  });
  const isOnce = { selector: ({ relationshipId }: { relationshipId: string }) => relationshipId };
  const property = fc.asyncProperty(
    fc.constantFrom('create', 'upsert', 'patch', 'delete'),
    fc.uniqueArray(body, { ...isOnce, maxLength: 5 }),
    async (mode, lines) => {
      const { answers } = await bulk(`relationships/bulk?mode=${mode}`, lines);
      const statuses = [];
      for (const line of lines) statuses.push(await writeOne(single, mode, line));
      expect(answers.map(({ status }) => status)).toEqual(statuses);
      const rows = async (of: World) => (await of.get('/v1/relationships?limit=100')).json.data;
      expect(await rows(world)).toEqual(await rows(single));
    },
  );
  await fc.assert(property, { numRuns: 60 });
  expect(single.faults).toEqual([]);
  await single.close();
});

async function writeOne(on: World, mode: string, { relationshipId: id, ...rest }: { relationshipId: string }) {
  const any = { 'if-match': '*' };
  const address = `/v1/relationships/${id}`;
  // Without them a single create is the same as one with null.
  const create = () =>
    on.post('/v1/relationships', { customerId: null, productId: null, relationshipId: id, ...defined(rest) });
  if (mode === 'create') return (await create()).status;
  if (mode === 'patch') return (await on.write('PATCH', address, defined(rest), any)).status;
  if (mode === 'delete') return (await on.write('DELETE', address, undefined, any)).status;
  const isThere = (await on.get(address)).status === 200;
  return (await (isThere ? on.write('PUT', address, defined(rest), any) : create())).status;
}

function defined(members: object): object {
  return JSON.parse(JSON.stringify(members)) as object;
}
