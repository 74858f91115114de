import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import type { Reply } from '../../test/world-client.ts';
import { idempotencyKeys, type StoredAnswer } from '../data/state/idempotency.ts';
import { tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import { onceOnly } from './idempotency.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 60 * 60 * 1_000;
const ANY = { 'if-match': '*' };
const KEY = { 'idempotency-key': 'key-1' };
const BOTH = { ...ANY, ...KEY };

let now: number;
let world: World;
beforeEach(async () => {
  now = NOON;
  world = await openWorld({ stateClock: () => new Date(now) });
});
afterEach(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const stored = () => world.state.all('select state, target from idempotency_keys');
const essence = ({ status, headers, text }: Reply) => [status, headers['etag'], headers['location'], text];
/** Without the data version, which goes on. */
const saying = ({ status, headers, json }: Reply) => [status, headers['etag'], headers['location'], json.data];

/** What a process leaves that was killed before it stored the answer: the key started, the row as the test makes it. */
function killedBeforeDone(): void {
  const set = "set state = 'started', status = null, headers = null, body = null";
  expect(world.state.run(`update idempotency_keys ${set}`)).toBe(1);
}

/** The same of a process that was killed before it wrote the row. */
async function killedBeforeWrite(send: () => Promise<Reply>): Promise<void> {
  const write = vi.spyOn(world.warehouse, 'write').mockRejectedValueOnce(new Error('killed'));
  expect((await send()).status).toBe(500);
  write.mockRestore();
  (world.faults as unknown[]).length = 0;
  expect(stored()).toMatchObject([{ state: 'started' }]);
}

async function withoutWarehouse(send: () => Promise<Reply>): Promise<Reply> {
  const write = vi.spyOn(world.warehouse, 'write');
  world.ran.length = 0;
  const reply = await send();
  expect(world.ran).toEqual([]);
  expect(write).not.toHaveBeenCalled();
  write.mockRestore();
  return reply;
}

describe('a key that was answered', () => {
  const create = () => world.post('/v1/customers', { customerName: 'New' }, KEY);
  const put = () => world.write('PUT', '/v1/customers/C1', { customerName: 'Put' }, BOTH);
  const patch = () => world.write('PATCH', '/v1/customers/C1', { customerName: 'Patched' }, BOTH);
  const remove = () => world.write('DELETE', '/v1/customers/C1?cascade=true', undefined, BOTH);

  test.each([
    ['create without id', create],
    ['replace', put],
    ['patch', patch],
    ['delete', remove],
  ])('gives the first answer of a %s again, and the warehouse is not asked', async (_, send) => {
    const first = await send();
    expect(first.status).toBeLessThan(300);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    const second = await withoutWarehouse(send);
    expect(essence(second)).toEqual(essence(first));
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'content-type': first.headers['content-type'],
      'cache-control': 'no-store',
    });
  });

  test.each([
    ['body', () => world.write('PATCH', '/v1/customers/C1', { customerName: 'B' }, BOTH)],
    [
      'If-Match',
      () => world.write('PATCH', '/v1/customers/C1', { customerName: 'Patched' }, { ...KEY, 'if-match': '"x"' }),
    ],
    ['address', () => world.write('PATCH', '/v1/customers/C2', { customerName: 'Patched' }, BOTH)],
    ['method', () => world.write('PUT', '/v1/customers/C1', { customerName: 'Patched' }, BOTH)],
    ['query', () => world.write('DELETE', '/v1/customers/C2?cascade=true', undefined, BOTH)],
  ])('refuses another %s', async (_, send) => {
    expect((await patch()).status).toBe(200);
    expect(await withoutWarehouse(send)).toMatchObject({ status: 422, problem: { code: 'idempotency.mismatch' } });
  });

  test('takes the same body in another order', async () => {
    await world.post('/v1/customers', { customerId: 'N', region: 'East' }, KEY);
    const second = await world.post('/v1/customers', { region: 'East', customerId: 'N' }, KEY);
    expect(second).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
  });

  test('after a day, or a clock that jumps, is free again', async () => {
    const named = () => world.post('/v1/customers', { customerId: 'N' }, KEY);
    expect((await named()).status).toBe(201);
    now = NOON - 48 * HOUR;
    expect((await named()).headers['idempotent-replayed']).toBe('true');
    now = NOON + 25 * HOUR;
    expect(await named()).toMatchObject({ status: 409, problem: { code: 'record.taken' } });
  });
});

describe('the header', () => {
  test.each(['', 'a b', 'naïve', 'x'.repeat(256)])('%j is refused', async (key) => {
    const reply = await world.post('/v1/customers', {}, { 'idempotency-key': key });
    expect(reply).toMatchObject({
      status: 400,
      problem: { code: 'request.invalid', errors: [{ pointer: 'idempotency-key:' }] },
    });
    expect(stored()).toEqual([]);
  });

  test('has up to 255 characters, and every visible one', async () => {
    const visible = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join('');
    for (const key of ['x'.repeat(255), visible])
      expect((await world.post('/v1/customers', {}, { 'idempotency-key': key })).status).toBe(201);
  });

  test('left out, nothing is stored', async () => {
    expect((await world.post('/v1/customers', {})).status).toBe(201);
    expect(stored()).toEqual([]);
  });

  test('is in OpenAPI on every write of a record', async () => {
    type Operation = { parameters?: { name: string }[]; responses: object };
    const document = (await world.get('/openapi.json')).json as unknown as {
      paths: Record<string, Record<string, Operation>>;
    };
    for (const method of ['put', 'patch', 'delete'])
      expect(document.paths['/v1/products/{productId}']![method]!.parameters!.map(({ name }) => name)).toContain(
        'idempotency-key',
      );
    const create = document.paths['/v1/products']!['post']!;
    expect(create.parameters!.map(({ name }) => name)).toContain('idempotency-key');
    expect(Object.keys(create.responses)).toEqual(expect.arrayContaining(['409', '422']));
  });
});

test('of two requests with one key at the same moment, one runs and one is told to wait', async () => {
  const send = () => world.post('/v1/customers', { customerName: 'Once' }, KEY);
  const both = await Promise.all([send(), send()]);
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
  const waits = both.find(({ status }) => status === 409)!;
  expect(waits).toMatchObject({ headers: { 'retry-after': '1' }, problem: { code: 'idempotency.in_flight' } });
  expect((await send()).headers['idempotent-replayed']).toBe('true');
  expect((await world.get('/v1/customers?customerName=Once')).json.data).toHaveLength(1);
});

test('two tenants use one key without meeting', async () => {
  const once = onceOnly(idempotencyKeys(world.state));
  const request = { method: 'POST', headers: KEY, routeOptions: { url: '/' }, params: {}, query: {}, body: {} };
  const ask = (id: string): Promise<StoredAnswer> =>
    once(request as never, tenant(id), 'T', async () => {
      const inside = id === 'a' ? await ask('b') : undefined;
      return { status: 201, headers: {}, text: `${id} ${inside?.text ?? ''}` };
    });
  expect((await ask('a')).text).toBe('a b ');
  expect(stored()).toHaveLength(2);
});

describe('a write of which nobody can tell is looked at', () => {
  const unknown = new AppError('write.unknown', 'the commit was not answered');
  const request = (headers: object) =>
    ({ method: 'POST', headers, routeOptions: { url: '/' }, params: {}, query: {}, body: {} }) as never;
  /** Asks for one write, whose answers are these in order. */
  async function ask(headers: object, ...answers: readonly (AppError | StoredAnswer)[]) {
    const asked: (readonly [string, boolean])[] = [];
    const next = answers[Symbol.iterator]();
    const answer = await onceOnly(idempotencyKeys(world.state))(
      request(headers),
      tenant('a'),
      `T${answers.length}`,
      async (...call) => {
        asked.push(call);
        const given = next.next().value!;
        if (given instanceof Error) throw given;
        return given;
      },
    ).catch((error: unknown) => error);
    return { answer, asked };
  }
  const done = { status: 201, headers: {}, text: 'done' };
  const taken = new AppError('record.taken', 'there is one already');

  test.each([{}, KEY])('with %j', async (headers) => {
    const looks = [
      ['T2', false],
      ['T2', true],
    ];
    expect(await ask(headers, unknown, done)).toEqual({ answer: done, asked: looks });
  });

  test('and keeps its key and its id when that is refused: it may be stored', async () => {
    expect((await ask(KEY, unknown, taken)).answer).toBe(taken);
    expect(stored()).toMatchObject([{ state: 'started', target: 'T2' }]);
    expect(await ask(KEY, done)).toEqual({ answer: done, asked: [['T2', true]] });
  });

  test('once more when it is resumed', async () => {
    expect((await ask(KEY, unknown, unknown)).answer).toMatchObject({ code: 'write.unknown' });
    expect((await ask(KEY, unknown, done)).answer).toBe(done);
  });
});

describe('a write that was refused frees its key', () => {
  test.each([
    ['a taken id', 409, () => world.post('/v1/customers', { customerId: 'C1' }, KEY)],
    ['a value', 422, () => world.post('/v1/customers', { registrationDate: '2024-02-30' }, KEY)],
    ['a precondition', 412, () => world.write('PATCH', '/v1/customers/C1', {}, { ...KEY, 'if-match': '"x"' })],
    ['no precondition', 428, () => world.write('PATCH', '/v1/customers/C1', {}, KEY)],
    ['no record', 404, () => world.write('DELETE', '/v1/customers/none', undefined, BOTH)],
  ])('%s: %i', async (_, status, send) => {
    expect((await send()).status).toBe(status);
    expect(stored()).toEqual([]);
    expect((await world.post('/v1/products', {}, KEY)).status).toBe(201);
  });
});

describe('started, then the process died: a create', () => {
  const named = () => world.post('/v1/customers', { customerId: 'N', customerName: 'New' }, KEY);
  const unnamed = () => world.post('/v1/customers', { customerName: 'New', attributes: {} }, KEY);
  const news = async () => (await world.get('/v1/customers?customerName=New')).json.data.length;

  test.each([
    ['with id', named],
    ['without id', unnamed],
  ])('%s that had written its row gives the first answer', async (_, send) => {
    const first = await send();
    killedBeforeDone();
    const second = await send();
    expect(saying(second)).toEqual(saying(first));
    expect(await news()).toBe(1);
    expect(stored()).toMatchObject([{ state: 'done' }]);
    expect((await send()).headers['idempotent-replayed']).toBe('true');
  });

  test.each([
    ['with id', named],
    ['without id', unnamed],
  ])('%s that had not is run, under the id it was given then', async (_, send) => {
    await killedBeforeWrite(send);
    const [{ target }] = stored() as [{ target: string }];
    const second = await send();
    expect(second).toMatchObject({ status: 201, headers: { location: `/v1/customers/${target}` } });
    expect(await news()).toBe(1);
  });

  test('is refused when the row has another value, and its key stays with the record', async () => {
    const first = await unnamed();
    await world.write('PATCH', String(first.headers['location']), { customerName: 'Other' }, ANY);
    killedBeforeDone();
    for (let turn = 0; turn < 2; turn++)
      expect(await unnamed()).toMatchObject({ status: 409, problem: { code: 'record.taken' } });
    expect(stored()).toMatchObject([{ state: 'started' }]);
  });

  test('counts what it leaves out as it is stored', async () => {
    const first = await unnamed();
    await world.write('PATCH', String(first.headers['location']), { region: 'East' }, ANY);
    killedBeforeDone();
    expect(await unnamed()).toMatchObject({ status: 201, json: { data: { customerName: 'New', region: 'East' } } });
  });

  test('whose commit nobody was told of raises the data version, so that no reader is left with older rows', async () => {
    const send = () =>
      world.post('/v1/relationships', { relationshipId: 'RN', customerId: 'C1', productId: 'P3', value: 1.5 }, KEY);
    expect((await send()).status).toBe(201);
    killedBeforeDone();
    const before = world.engine.versions.numbers(['customer_products'])['customer_products']!;
    expect((await send()).json.data).toMatchObject({ value: 1.5 });
    expect(world.engine.versions.numbers(['customer_products'])['customer_products']).toBe(before + 1);
  });

  test('asked otherwise is still a mismatch', async () => {
    await killedBeforeWrite(named);
    expect((await unnamed()).problem).toMatchObject({ code: 'idempotency.mismatch' });
  });
});

describe('started, then the process died: a change', () => {
  const etag = async () => String((await world.get('/v1/customers/C1')).headers['etag']);

  test.each(['PUT', 'PATCH'] as const)('%s that had written its row gives the first answer', async (method) => {
    const headers = { ...KEY, 'if-match': await etag() };
    const send = () => world.write(method, '/v1/customers/C1', { customerName: 'Changed', region: null }, headers);
    const first = await send();
    killedBeforeDone();
    expect(saying(await send())).toEqual(saying(first));
    expect((await send()).headers['idempotent-replayed']).toBe('true');
  });

  test.each(['PUT', 'PATCH'] as const)('%s that had not runs with its precondition', async (method) => {
    const headers = { ...KEY, 'if-match': await etag() };
    const send = () => world.write(method, '/v1/customers/C1', { customerName: 'Changed' }, headers);
    await killedBeforeWrite(send);
    await world.write('PATCH', '/v1/customers/C1', { status: 'meanwhile' }, ANY);
    expect((await send()).status).toBe(412);
    expect((await world.get('/v1/customers/C1')).json.data).toMatchObject({ status: 'meanwhile' });
  });

  test.each(['PUT', 'PATCH'] as const)('%s that had not is carried out, once', async (method) => {
    const headers = { ...KEY, 'if-match': await etag() };
    const send = () => world.write(method, '/v1/customers/C1', { customerName: 'Changed' }, headers);
    await killedBeforeWrite(send);
    const second = await send();
    expect(second).toMatchObject({ status: 200, json: { data: { customerName: 'Changed' } } });
    expect(second.headers['etag']).toBe(await etag());
    expect((await send()).headers['idempotent-replayed']).toBe('true');
  });

  test('that is refused by its values is so again', async () => {
    const send = () => world.write('PATCH', '/v1/relationships/R01', { customerId: 'none' }, BOTH);
    await killedBeforeWrite(send);
    expect(await send()).toMatchObject({ status: 422, problem: { code: 'record.dangling' } });
  });
});

describe('started, then the process died: a delete', () => {
  const ofCustomer = () => world.write('DELETE', '/v1/customers/C1?cascade=true', undefined, BOTH);
  const ofRelationship = () => world.write('DELETE', '/v1/relationships/R01', undefined, BOTH);

  test('that had happened gives the first answer', async () => {
    const first = await ofRelationship();
    killedBeforeDone();
    const second = await ofRelationship();
    expect(saying(second)).toEqual(saying(first));
    expect(second.json.meta).toMatchObject({ relationships: 0 });
  });

  test('that took relationships along does not say how many', async () => {
    expect((await ofCustomer()).json.meta['relationships']).toBeGreaterThan(0);
    killedBeforeDone();
    const second = await ofCustomer();
    expect(second).toMatchObject({ status: 200, json: { data: null } });
    expect(second.json.meta).not.toHaveProperty('relationships');
  });

  test.each([
    ['customer', ofCustomer, '/v1/customers/C1'],
    ['relationship', ofRelationship, '/v1/relationships/R01'],
  ])('that had not is run: %s', async (_, send, path) => {
    await killedBeforeWrite(send);
    expect((await world.get(path)).status).toBe(200);
    expect((await send()).status).toBe(200);
    expect((await world.get(path)).status).toBe(404);
  });
});

test('a failure of the warehouse while a resumed write looks leaves the key started', async () => {
  const send = () => world.post('/v1/customers', { customerName: 'New' }, KEY);
  await killedBeforeWrite(send);
  const { write } = world.warehouse;
  const spy = vi
    .spyOn(world.warehouse, 'write')
    .mockImplementation((owner, work, options) =>
      write(owner, (writer) => work({ ...writer, query: () => Promise.reject(new Error('gone')) }), options),
    );
  expect((await send()).status).toBe(500);
  spy.mockRestore();
  (world.faults as unknown[]).length = 0;
  expect(stored()).toMatchObject([{ state: 'started' }]);
  expect((await send()).status).toBe(201);
});
