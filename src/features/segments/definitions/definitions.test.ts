import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { listeningServer } from '../../../../test/listening-server.ts';
import { openApiFaults, type OpenApiDocument } from '../../../../test/openapi-faults.ts';
import { clientOf, type Client, type Envelope } from '../../../../test/world-client.ts';
import { TEST_MEMBERS } from '../../../analysis/segments/test-members.ts';
import { idempotencyKeys } from '../../../data/state/idempotency.ts';
import { openState, type State } from '../../../data/state/open-state.ts';
import { segments } from '../../../data/state/segments.ts';
import { tenant } from '../../../data/warehouse/tenant.ts';
import { cursorsOf } from '../../../http/cursor.ts';
import { onceOnly } from '../../../http/idempotency.ts';
import { mountOpenApi } from '../../../http/openapi.ts';
import { mountSegments } from './routes.ts';

const owner = tenant('default');
const LARGE = { member: 'amount', op: 'gte', value: 100 };
const big = { id: 'big', name: 'Big', rule: LARGE };

async function service(): Promise<Client & { readonly state: State }> {
  const folder = mkdtempSync(join(tmpdir(), 'segments-'));
  const state = openState({ file: join(folder, 'state.sqlite'), clock: () => new Date('2026-03-01T12:00:00Z') });
  const { app } = await listeningServer(async (server) => {
    await mountOpenApi(server, { tags: [{ name: 'segments', description: 'Segments.' }] });
    mountSegments(server, {
      state,
      members: TEST_MEMBERS,
      cursors: cursorsOf('a secret'),
      onceOnly: onceOnly(idempotencyKeys(state)),
      tenantOf: () => owner,
    });
  });
  onTestFinished(() => {
    state.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { ...clientOf(app), state };
}

const dataOf = (reply: { readonly text: string }) => (JSON.parse(reply.text) as { data: unknown }).data;
const any = { 'if-match': '*' };

test('a segment is made, read, replaced, deleted, and its history is kept', async () => {
  const { get, post, write } = await service();
  const made = await post('/v1/segments', big);
  const stored = {
    id: 'big',
    revision: 1,
    name: 'Big',
    description: null,
    rule: LARGE,
    createdAt: '2026-03-01T12:00:00.000Z',
    updatedAt: '2026-03-01T12:00:00.000Z',
  };
  expect([made.status, made.headers['etag'], made.headers['location']]).toEqual([201, '"1"', '/v1/segments/big']);
  expect(dataOf(made)).toEqual(stored);
  expect(dataOf(await get('/v1/segments/big'))).toEqual(stored);
  expect((await get('/v1/segments/big', { 'if-none-match': '"1"' })).status).toBe(304);

  const change = { name: 'Bigger', description: 'More.', rule: { ...LARGE, value: 200 } };
  const replaced = await write('PUT', '/v1/segments/big', change, { 'if-match': '"1"' });
  expect([replaced.status, replaced.headers['etag']]).toEqual([200, '"2"']);
  expect(dataOf(replaced)).toEqual({ ...stored, ...change, revision: 2 });

  const gone = await write('DELETE', '/v1/segments/big', undefined, { 'if-match': '"2"' });
  expect([gone.status, gone.text]).toEqual([200, '{"data":null}']);
  expect((await get('/v1/segments/big')).problem.code).toBe('segment.not_found');
  const history = await get('/v1/segments/big/history');
  expect(history.json.data.map(({ revision, change: what, name }) => [revision, what, name])).toEqual([
    [3, 'deleted', 'Bigger'],
    [2, 'replaced', 'Bigger'],
    [1, 'created', 'Big'],
  ]);
  expect((await get('/v1/segments/never/history')).problem.code).toBe('segment.not_found');
});

test('a change needs the revision that was read', async () => {
  const { post, write } = await service();
  await post('/v1/segments', big);
  const body = { name: 'Big', rule: LARGE };
  const codes = [
    await write('PUT', '/v1/segments/big', body),
    await write('PUT', '/v1/segments/big', body, { 'if-match': '"7"' }),
    await write('PUT', '/v1/segments/none', body, any),
    await write('DELETE', '/v1/segments/big'),
    await write('DELETE', '/v1/segments/big', undefined, { 'if-match': '"0"' }),
    await write('DELETE', '/v1/segments/none', undefined, any),
    await post('/v1/segments', big),
  ].map(({ status, problem }) => [status, problem.code]);
  expect(codes).toEqual([
    [428, 'precondition.required'],
    [412, 'precondition.failed'],
    [404, 'segment.not_found'],
    [428, 'precondition.required'],
    [412, 'precondition.failed'],
    [404, 'segment.not_found'],
    [409, 'record.taken'],
  ]);
  expect((await write('PUT', '/v1/segments/big', body, { 'if-match': '"0", "1"' })).headers['etag']).toBe('"2"');
  expect((await write('PUT', '/v1/segments/big', body, any)).headers['etag']).toBe('"3"');
});

test('a rule over an unknown member is refused with its place and the near name', async () => {
  const { post } = await service();
  const rule = { all: [LARGE, { not: { member: 'amuont', op: 'gte', value: 1 } }] };
  const { status, problem } = await post('/v1/segments', { name: 'X', rule });
  expect([status, problem.code, problem.errors![0]!.pointer]).toEqual([
    400,
    'segment.invalid',
    '/rule/all/1/not/member',
  ]);
  expect(problem.errors![0]!.detail).toContain('did you mean "amount"');
});

test('a rule that names an unknown segment, or leads back to itself, is refused', async () => {
  const { post, write } = await service();
  await post('/v1/segments', big);
  const unknown = await post('/v1/segments', { name: 'X', rule: { segment: 'bigg' } });
  expect([unknown.status, unknown.problem.errors![0]!.pointer]).toEqual([400, '/rule/segment']);
  expect(unknown.problem.detail).toContain('did you mean "big"');
  const itself = await post('/v1/segments', { id: 'loop', name: 'X', rule: { segment: 'loop' } });
  expect([itself.status, itself.problem.code]).toEqual([400, 'segment.invalid']);
  expect(itself.problem.detail).toContain('loop -> loop');
  await post('/v1/segments', { id: 'second', name: 'Second', rule: { segment: 'big' } });
  const circle = await write('PUT', '/v1/segments/big', { name: 'Big', rule: { not: { segment: 'second' } } }, any);
  expect(circle.problem.errors).toEqual([
    { pointer: '/rule/not/segment', detail: 'leads back to the segment itself: big -> second -> big' },
  ]);
  const inUse = await write('DELETE', '/v1/segments/big', undefined, any);
  expect([inUse.status, inUse.problem.code]).toEqual([409, 'segment.in_use']);
});

test.each([
  [{ ...big, id: 'Big one' }, '/id'],
  [{ ...big, id: 'rfm-table' }, '/id'],
  [{ ...big, name: '' }, '/name'],
  [{ ...big, nmae: 'x' }, '/nmae'],
])('%j is refused at %s', async (body, pointer) => {
  const { post } = await service();
  const { status, problem } = await post('/v1/segments', body);
  expect([status, problem.code, problem.errors![0]!.pointer]).toEqual([400, 'request.invalid', pointer]);
});

test('an id is made of the name when none is given', async () => {
  const { post } = await service();
  const made = dataOf(await post('/v1/segments', { name: 'Großé Käufer', rule: LARGE })) as { id: string };
  expect(made.id).toMatch(/^gro-e-kaufer-[0-9a-f]{8}$/);
});

test('a repeated Idempotency-Key makes one segment', async () => {
  const { get, post } = await service();
  const key = { 'idempotency-key': 'k1' };
  const first = await post('/v1/segments', { name: 'Big', rule: LARGE }, key);
  const again = await post('/v1/segments', { name: 'Big', rule: LARGE }, key);
  expect([again.status, again.text]).toEqual([201, first.text]);
  expect((await get('/v1/segments')).json.page!.total).toBe(1);
});

test('ten thousand segments are paged, each once', async () => {
  const { get, post, state } = await service();
  state.transaction(() => {
    const insert = `insert into segments (tenant, id, revision, name, rule, created_at, updated_at)
      values ('default', ?, 1, 'S', ?, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`;
    for (let i = 0; i < 10_000; i++) state.run(insert, `s${String(i).padStart(5, '0')}`, JSON.stringify(LARGE));
  });
  const seen: unknown[] = [];
  for (let path: string | undefined = '/v1/segments?limit=1000'; path !== undefined;) {
    const { data, page }: Envelope = (await get(path)).json;
    seen.push(...data.map(({ id }) => id));
    expect(page!.total).toBe(10_000);
    path = page!.nextCursor === null ? undefined : `/v1/segments?limit=1000&cursor=${page!.nextCursor}`;
  }
  expect([seen.length, new Set(seen).size, seen[0], seen.at(-1)]).toEqual([10_000, 10_000, 's00000', 's09999']);
  expect((await post('/v1/segments', { id: 'one-more', name: 'X', rule: { segment: 's00007' } })).status).toBe(201);
  expect((await get('/v1/segments?cursor=x')).problem.code).toBe('cursor.invalid');
  expect((await segments(state).definitions(owner)).segments.size).toBe(10_001);
});

test('the RFM table is the default one until another is put; every version is kept', async () => {
  const { get, write } = await service();
  const first = await get('/v1/segments/rfm-table');
  expect([first.headers['etag'], dataOf(first)]).toMatchObject(['"0"', { version: 0, madeAt: null }]);
  const all = { min: 1, max: 5 };
  const segmentsOf = (name: string) => ({ segments: [{ name, recency: all, frequency: all, monetary: all }] });
  expect((await write('PUT', '/v1/segments/rfm-table', segmentsOf('a'))).problem.code).toBe('precondition.required');
  const put = await write('PUT', '/v1/segments/rfm-table', segmentsOf('a'), { 'if-match': '"0"' });
  expect([put.status, put.headers['etag'], dataOf(put)]).toMatchObject([
    200,
    '"1"',
    { ...segmentsOf('a'), version: 1 },
  ]);
  const late = await write('PUT', '/v1/segments/rfm-table', segmentsOf('b'), { 'if-match': '"0"' });
  expect(late.problem.code).toBe('precondition.failed');
  await write('PUT', '/v1/segments/rfm-table', segmentsOf('b'), { 'if-match': '"1"' });
  expect((await get('/v1/segments/rfm-table', { 'if-none-match': '"2"' })).status).toBe(304);
  const page = (await get('/v1/segments/rfm-table/history?limit=1')).json;
  const rest = (await get(`/v1/segments/rfm-table/history?limit=1&cursor=${page.page!.nextCursor}`)).json;
  expect([...page.data, ...rest.data].map(({ version }) => version)).toEqual([2, 1]);
  expect(rest.page!.nextCursor).toBeNull();
});

test('an RFM table that leaves scores without a name is refused', async () => {
  const { write } = await service();
  const row = { name: 'a', recency: { min: 2, max: 5 }, frequency: { min: 1, max: 5 }, monetary: { min: 1, max: 5 } };
  const { status, problem } = await write('PUT', '/v1/segments/rfm-table', { segments: [row] }, any);
  expect([status, problem.code, problem.errors![0]!.pointer]).toEqual([400, 'request.invalid', '/segments']);
  expect(problem.detail).toContain('recency 1');
});

test('every operation is described in OpenAPI', async () => {
  const { get } = await service();
  const document = JSON.parse((await get('/openapi.json')).text) as OpenApiDocument;
  expect(openApiFaults(document)).toEqual([]);
  expect(Object.keys(document.paths).filter((path) => path.includes('segments'))).toHaveLength(5);
});
