import fc from './fast-check.ts';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Warehouse, Writer } from '../src/data/warehouse/port.ts';
import { sharedWarehouse, type SharedWarehouse } from './shared-warehouse.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

type Shared = World & {
  readonly shared: SharedWarehouse;
  /** Another program's statement, committed. */
  elsewhere(text: string): Promise<void>;
  wait(seconds: number): void;
  /** Statements of the service that work takes, transactions apart. */
  count(work: () => Promise<unknown>): Promise<number>;
};

let world: Shared;
afterEach(() => world.close());

async function open(options: WorldOptions = {}): Promise<Shared> {
  const shared = sharedWarehouse();
  let [inner, time] = [undefined as Warehouse | undefined, 0];
  const wrap = (warehouse: Warehouse) => shared.wrap((inner = warehouse));
  const settings = { SNAPSHOT_MAX_ROWS: 0, ...options.settings };
  const made = await openWorld({ ...options, settings, wrap, now: () => time });
  let closed: Promise<void> | undefined;
  return {
    ...made,
    close: () => (closed ??= made.close()),
    shared,
    elsewhere: (text) => inner!.write(made.owner, async (writer) => void (await writer.run(text))),
    wait: (seconds) => void (time += seconds * 1000),
    async count(work) {
      const before = made.ran.length;
      await work();
      return made.ran.length - before;
    },
  };
}

const statusIn = (line: string) => (JSON.parse(line) as { status: number }).status;
type Asked = { readonly headers?: Record<string, string>; readonly body?: object | string };
async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, { headers = {}, body }: Asked = {}) {
  const payload = body === undefined ? {} : { payload: body };
  const reply = await world.app.inject({ method, url, headers: { host: 'test', ...headers }, ...payload });
  return { status: reply.statusCode, text: reply.body, json: reply.body === '' ? {} : reply.json<object>() };
}

const SUMMARY = '/v1/analyses/ownership.summary?asOf=2024-06-15';
const rows = async (path: string) => {
  const { status, json } = await world.get(path);
  expect(status).toBe(200);
  return json.data as unknown as Record<string, unknown>[];
};
const nameOf = async (id: string) => {
  const { json } = await world.get(`/v1/customers/${id}`);
  return (json.data as unknown as { customerName: string }).customerName;
};
const rename = (name: string) => `update customers set customer_name = '${name}' where customer_id = 'C1'`;

describe('statements', () => {
  test('a kept answer takes none within the TTL and one after it; a page and a record one each; nothing runs by itself', async () => {
    world = await open();
    expect(await world.count(() => rows(SUMMARY))).toBe(2);
    expect(await world.count(() => rows(SUMMARY))).toBe(0);
    world.wait(5);
    expect(await world.count(() => Promise.all([rows(SUMMARY), rows(SUMMARY)]))).toBe(1);
    world.wait(3600);
    for (const path of [
      '/v1/customers?limit=2',
      '/v1/customers/C1',
      '/v1/customers?format=csv',
      '/v1/customers/C1/products?asOf=2024-06-15',
      '/v1/products/P1/customers?asOf=2024-06-15',
      '/v1/customers?explain=true',
    ])
      expect([path, await world.count(() => world.get(path))]).toEqual([path, 1]);
    expect(await world.count(() => world.get('/v1/customers?total=true&facets=region'))).toBe(3);
  });

  test('without asOf one more, while the newest start is not known', async () => {
    world = await open();
    const ask = () => rows('/v1/customers/C1/products');
    expect(await world.count(ask)).toBe(3);
    expect(await world.count(ask)).toBe(1);
    world.wait(5);
    expect(await world.count(ask)).toBe(2);
  });

  test('say for whom they run, and their text does not', async () => {
    world = await open();
    world.shared.tags.length = 0;
    const headers = { 'x-request-id': 'request-1' };
    await call('GET', '/v1/customers/C1', { headers });
    await call('GET', SUMMARY, { headers });
    const asked = (analysis: string) => ({ analysis, requestId: 'request-1' });
    expect(world.shared.tags).toEqual([
      asked('customers.list'),
      { analysis: 'data.versions' },
      asked('ownership.summary'),
    ]);
    world.shared.tags.length = 0;
    await call('POST', '/v1/customers', { headers, body: { customerId: 'N1' } });
    expect(new Set(world.shared.tags.map((tag) => JSON.stringify(tag)))).toEqual(
      new Set([JSON.stringify(asked('customers.list'))]),
    );
    expect(world.ran.filter(({ text }) => text.includes('request-1'))).toEqual([]);
  });

  test('a page has the ETag of its rows', async () => {
    world = await open();
    const first = await world.get('/v1/customers?limit=2');
    const etag = first.headers['etag'] as string;
    const again = () => call('GET', '/v1/customers?limit=2', { headers: { 'if-none-match': etag } });
    expect((await again()).status).toBe(304);
    await world.elsewhere(rename('Other'));
    expect((await again()).status).toBe(200);
  });
});

test('an answer is as old as the TTL at most, and a write of ours is in the next one', async () => {
  const step = fc.constantFrom('ours', 'theirs', 'wait', 'ask');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      world = await open();
      try {
        let [stored, shown, age, made] = [0, undefined as number | undefined, Infinity, 0];
        const before = Number((await rows(SUMMARY))[0]!['customers']);
        [shown, age] = [0, 0];
        for (const what of steps) {
          if (what === 'wait') {
            world.wait(3);
            age += 3;
          } else if (what === 'ours') {
            const { status } = await call('POST', '/v1/customers', { body: { customerId: `X${++made}` } });
            expect(status).toBe(201);
            [stored, shown] = [stored + 1, undefined];
          } else if (what === 'theirs') {
            await world.elsewhere(`insert into customers (customer_id) values ('X${++made}')`);
            stored += 1;
          } else {
            if (shown === undefined || age >= 5) [shown, age] = [stored, 0];
            expect(Number((await rows(SUMMARY))[0]!['customers']) - before).toBe(shown);
          }
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: 6 },
  );
});

test('a question for tokens that was under way when we committed puts no old one back', async () => {
  world = await open();
  const late = Promise.withResolvers<void>();
  world.shared.late = late.promise;
  const early = rows(SUMMARY);
  while (world.shared.checks.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await call('POST', '/v1/customers', { body: { customerId: 'N1' } });
  world.shared.late = undefined;
  const after = await rows(SUMMARY);
  late.resolve();
  await early;
  expect(await rows(SUMMARY)).toEqual(after);
  await world.elsewhere(`insert into customers (customer_id) values ('N2')`);
  world.wait(5);
  expect(Number((await rows(SUMMARY))[0]!['customers'])).toBe(Number(after[0]!['customers']) + 1);
});

test('meta says the tokens that are known, and no number of ours is stored', async () => {
  world = await open();
  expect((await world.get('/v1/customers/C1')).json.meta['dataVersion']).toEqual({});
  const { dataVersion } = (await world.get(SUMMARY)).json.meta;
  expect(dataVersion).toMatchObject({ customers: expect.any(String), customer_products: expect.any(String) });
  expect((await world.get('/v1/customers/C1')).json.meta['dataVersion']).toEqual({
    customers: (dataVersion as Record<string, string>)['customers'],
  });
  const counted = 'select sum(version) from service.data_versions';
  const sum = () => world.warehouse.write(world.owner, async (writer) => (await writer.query(counted)).columns[0]![0]);
  const before = await sum();
  await call('POST', '/v1/customers', { body: { customerId: 'N1' } });
  expect(await sum()).toBe(before);
});

test('OpenAPI says of each question, record and write what only an account answers', async () => {
  type Operation = { responses: Record<string, { content: Record<string, { examples?: object }> }> };
  world = await open();
  const embedded = await openWorld();
  onTestFinished(() => embedded.close());
  for (const [asked, ofAccount, ofWrites] of [
    [embedded, [], []],
    [
      world,
      ['warehouse.unavailable', 'warehouse.suspended', 'warehouse.forbidden'],
      ['write.rolled_back', 'write.unknown'],
    ],
  ] as const) {
    const { json } = await asked.get('/openapi.json');
    const { paths } = json as unknown as { paths: Record<string, Record<string, Operation>> };
    const said = (path: string, method: string) =>
      Object.keys(paths[path]![method]!.responses['503']!.content['application/problem+json']!.examples!);
    expect(said('/v1/customers', 'get')).toEqual(['warehouse.busy', ...ofAccount]);
    expect(said('/v1/customers/{customerId}', 'get')).toEqual(['warehouse.busy', ...ofAccount]);
    expect(said('/v1/customers', 'post')).toEqual(['warehouse.busy', ...ofAccount, ...ofWrites]);
  }
});

test('a snapshot is used while the tokens say that nothing changed', async () => {
  world = await open({ settings: { SNAPSHOT_MAX_ROWS: 1000 } });
  const ask = async () => (await rows('/v1/customers/C1/products?asOf=2024-06-15')).length;
  const before = await ask();
  const { derivations } = world.engine;
  while (derivations.peek('default|standing|ownership.snapshot') === undefined)
    await new Promise((resolve) => setImmediate(resolve));
  expect(await world.count(ask)).toBe(0);
  await world.elsewhere(`delete from customer_products where customer_id = 'C1'`);
  expect(await ask()).toBe(before);
  world.wait(5);
  expect(await ask()).toBe(0);
});

describe('a write', () => {
  const bulkStatuses = async (mode: string, ...lines: object[]) => {
    const { body } = await world.app.inject({
      method: 'POST',
      url: `/v1/customers/bulk?mode=${mode}`,
      headers: { host: 'test', 'content-type': 'application/x-ndjson' },
      payload: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    return body.trim().split('\n').slice(0, -1).map(statusIn);
  };
  const create = (customerId: string, body: object = {}) =>
    call('POST', '/v1/customers', { body: { customerId, customerName: 'Ada', ...body } });

  test('whose transaction was rolled back runs again, three times in all', async () => {
    world = await open();
    world.shared.faults.push('write.rolled_back', 'write.rolled_back');
    expect((await create('N1')).status).toBe(201);
    world.shared.faults.push('write.rolled_back', 'write.rolled_back', 'write.rolled_back');
    const headers = { 'idempotency-key': 'k' };
    const again = () => call('POST', '/v1/customers', { headers, body: { customerId: 'N2' } });
    expect((await again()).json).toMatchObject({ code: 'write.rolled_back', status: 503 });
    expect((await world.get('/v1/customers/N2')).status).toBe(404);
    expect((await again()).status).toBe(201);
  });

  test.each(['unknown, stored', 'unknown, lost'] as const)('is settled by its row: %s', async (fault) => {
    world = await open();
    world.shared.faults.push(fault);
    expect((await create('N1')).status).toBe(201);
    const etag = (await world.get('/v1/customers/N1')).headers['etag'] as string;
    world.shared.faults.push(fault);
    const headers = { 'if-match': etag };
    const patched = await call('PATCH', '/v1/customers/N1', { headers, body: { customerName: 'Bea' } });
    expect([patched.status, await nameOf('N1')]).toEqual([200, 'Bea']);
    world.shared.faults.push(fault);
    const gone = await call('DELETE', '/v1/customers/N1', { headers: { 'if-match': '*' } });
    expect([gone.status, (await world.get('/v1/customers/N1')).status]).toEqual([200, 404]);
  });

  test('that left out what the table fills in is found by its row', async () => {
    world = await open({ statements: [`alter table customers alter column status set default 'active'`] });
    world.shared.faults.push('unknown, stored');
    expect(await create('N1')).toMatchObject({ status: 201, json: { data: { status: 'active' } } });
    world.shared.faults.push('unknown, stored');
    expect(await bulkStatuses('create', { customerId: 'N2' })).toEqual([201]);
  });

  test('of which nobody can tell even then is repeated with its key', async () => {
    world = await open();
    world.shared.faults.push('unknown, stored', 'unknown, lost');
    const headers = { 'idempotency-key': 'k' };
    const again = () => call('POST', '/v1/customers', { headers, body: { customerId: 'N1' } });
    expect((await again()).json).toMatchObject({
      code: 'write.unknown',
      status: 503,
      hint: expect.stringContaining('Idempotency-Key'),
    });
    expect((await again()).status).toBe(201);
  });

  test.each(['unknown, stored', 'unknown, lost'] as const)(
    'of many lines is settled the same way: %s',
    async (fault) => {
      world = await open();
      await create('OLD');
      const bulk = (mode: string, ...lines: object[]) => {
        world.shared.faults.push(fault);
        return bulkStatuses(mode, ...lines);
      };
      const [a, b] = [{ customerId: 'N1', customerName: 'a' }, { customerName: 'made' }];
      expect(await bulk('create', a, b, { customerId: 'OLD', customerName: 'x' })).toEqual([201, 201, 409]);
      expect(await bulk('patch', { customerId: 'N1', customerName: 'b' }, { customerId: 'no' })).toEqual([200, 404]);
      expect(await nameOf('N1')).toBe('b');
      expect(await bulk('delete', { customerId: 'N1' })).toEqual([200]);
      expect((await rows('/v1/customers?customerName=made')).length).toBe(1);
    },
  );

  test.each(['unknown, stored', 'unknown, lost'] as const)(
    'of several lines with one id is settled by the last of them: %s',
    async (fault) => {
      world = await open();
      await create('OLD', { customerName: 'x' });
      world.shared.faults.push(fault);
      const twice = (id: string) => ['a', 'b'].map((customerName) => ({ customerId: id, customerName }));
      const bad = { customerId: 'N1', customerName: 'c', registrationDate: '2024-02-30' };
      expect(await bulkStatuses('create', ...twice('N1'), bad, ...twice('OLD'))).toEqual([200, 201, 422, 409, 409]);
      expect(await nameOf('N1')).toBe('b');
    },
  );

  test('of lines that were stored unseen raises the versions once more: they may be visible only now', async () => {
    world = await open();
    const raised = () => world.engine.versions.numbers(['customers'])['customers']!;
    const before = raised();
    world.shared.faults.push('unknown, stored');
    expect(await bulkStatuses('create', { customerId: 'N1' })).toEqual([201]);
    expect(raised()).toBe(before + 2);
  });

  test('whose id or row another program took meanwhile sees it', async () => {
    world = await open();
    const other = (text: string) => world.shared.meanwhile.push((writer: Writer) => writer.run(text));
    other(`insert into customers (customer_id) values ('N1')`);
    expect((await create('N1')).json).toMatchObject({ code: 'record.taken' });
    const etag = (await world.get('/v1/customers/C1')).headers['etag'] as string;
    const patch = (match: string) =>
      call('PATCH', '/v1/customers/C1', { headers: { 'if-match': match }, body: { region: 'Far' } });
    other(rename('Other'));
    expect((await patch(etag)).json).toMatchObject({ code: 'precondition.failed' });
    other(rename('Another'));
    expect((await patch('*')).json).toMatchObject({ data: { customerName: 'Another', region: 'Far' } });
    other(`delete from customers where customer_id = 'N1'`);
    const gone = await call('DELETE', '/v1/customers/N1', { headers: { 'if-match': '*' } });
    expect(gone.json).toMatchObject({ code: 'customer.not_found' });
  });

  test('of others is seen by references and ids at once: nothing is remembered of them', async () => {
    world = await open({ settings: { SNAPSHOT_MAX_ROWS: 1000 } });
    const relate = () =>
      call('POST', '/v1/relationships', {
        body: { customerId: 'NEW', productId: 'P1', startDate: '2025-01-01' },
      });
    expect((await relate()).status).toBe(422);
    await world.elsewhere(`insert into customers (customer_id) values ('NEW')`);
    expect((await relate()).status).toBe(201);
    expect((await create('NEW')).json).toMatchObject({ code: 'record.taken' });
  });
});
