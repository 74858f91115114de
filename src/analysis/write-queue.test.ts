import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import type { Writer } from '../data/warehouse/port.ts';
import { AppError } from '../lib/app-error.ts';
import { recordWrites } from './record-writes.ts';
import { writtenMeanwhile, type WriteOperation, type WriteSet } from './write-operation.ts';
import { writeQueue } from './write-queue.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const queueOf = (waitSeconds = 60) => writeQueue({ ...world.engine, waitSeconds }, world.owner);
const rename =
  (name: string): WriteOperation<string> =>
  async (writer) => {
    await writer.run("update customers set customer_name = ? where customer_id = 'C1'", [name]);
    return { value: name, changed: { customers: 'all' } };
  };
const nameNow = async () => {
  const { json } = await world.get('/v1/customers/C1');
  return (json.data as unknown as { customerName: string }).customerName;
};

/** Holds the writer, as an import does, until it is released. */
async function holdWriter() {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const done = world.warehouse.write(world.owner, async () => {
    held.resolve();
    await released.promise;
  });
  await held.promise;
  return async () => {
    released.resolve();
    await done;
  };
}

test('a write that waits too long for the writer is refused, and never carried out', async () => {
  const release = await holdWriter();
  const queue = queueOf(0.05);
  const before = await nameNow();
  const refusal = await queue.submit(rename('late')).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'warehouse.busy',
    status: 503,
    headers: { 'retry-after': expect.any(String) },
  });
  await release();
  expect(await queue.submit(async () => ({ value: await nameNow(), changed: {} }))).toBe(before);
});

test('one that waits with a signal waits as long as it takes, and leaves with it', async () => {
  const release = await holdWriter();
  const queue = queueOf(0.01);
  const patient = new AbortController();
  const leaving = new AbortController();
  const stays = queue.submit(rename('patient'), patient.signal);
  const left = queue.submit(rename('left'), leaving.signal).catch((error: unknown) => error);
  const hasty = queue.submit(rename('hasty')).catch((error: unknown) => error);
  expect(await hasty).toMatchObject({ code: 'warehouse.busy' });
  leaving.abort(new AppError('statement.cancelled', 'gone'));
  expect(await left).toMatchObject({ code: 'statement.cancelled', detail: 'gone' });
  await expect(queue.submit(rename('never'), leaving.signal)).rejects.toMatchObject({ code: 'statement.cancelled' });
  await release();
  expect(await stays).toBe('patient');
  expect(await nameNow()).toBe('patient');
});

test('neighbours of one set run as one, others between them in order of arrival', async () => {
  const ran: unknown[] = [];
  const set: WriteSet<unknown> = (items) => async () => {
    const numbers = items.map(({ body }) => body['n']);
    ran.push(numbers);
    return { outcomes: numbers.map((value) => ({ value })), changed: {} };
  };
  const queue = queueOf();
  const joined = (n: number) => queue.submit({ set, item: { body: { n } } });
  const alone: WriteOperation<unknown> = async () => {
    ran.push('alone');
    return { value: 'alone', changed: {} };
  };
  expect(await Promise.all([joined(1), joined(2), queue.submit(alone), joined(3)])).toEqual([1, 2, 'alone', 3]);
  expect(ran).toEqual([[1, 2], 'alone', [3]]);
});

test('what breaks the transaction fails alone, and keeps the order of the others', async () => {
  const queue = queueOf();
  const broken: WriteOperation<never> = async (writer: Writer) => {
    await writer.run('insert into nowhere values (1)');
    throw new Error('not reached');
  };
  const outcomes = await Promise.allSettled([
    queue.submit(rename('first')),
    queue.submit(broken),
    queue.submit(rename('second')),
    queue.submit(rename('third')),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'warehouse.failed' } });
  expect(await nameNow()).toBe('third');
});

test('a row that others keep writing fails its own write alone; a broken connection is of all', async () => {
  const queue = queueOf();
  const failing = (error: AppError) => (): Promise<never> => Promise.reject(error);
  const together = async (error: AppError) => {
    const writes = [rename('1'), failing(error), rename('2'), rename('3'), rename('4')];
    const outcomes = await Promise.allSettled(writes.map((write) => queue.submit<string>(write)));
    return outcomes.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as AppError).code));
  };
  expect(await together(writtenMeanwhile('the record changed'))).toEqual(['1', 'write.rolled_back', '2', '3', '4']);
  expect(await nameNow()).toBe('4');
  const broken = await together(new AppError('write.rolled_back', 'the connection broke'));
  expect(new Set(broken)).toEqual(new Set(['write.rolled_back']));
});

test('creates that wait together: each its own answer, of two with one id the first wins', async () => {
  const queue = queueOf();
  const customers = world.engine.registry.all.find(({ name }) => name === 'customers.list')!;
  const writes = recordWrites(world.engine, world.owner, customers);
  const create = (customerId: string, more: object = {}) =>
    queue.submit(writes.create({ customerId, ...more })).catch((error: unknown) => error);
  const [first, second, long, taken, other] = await Promise.all([
    create('N1', { customerName: 'first' }),
    create('N1', { customerName: 'second' }),
    create('x'.repeat(51)),
    create('C1'),
    create('N2', { attributes: { score: 2.5 } }),
  ]);
  expect(first).toMatchObject({ etag: (await world.get('/v1/customers/N1')).headers['etag'] });
  expect(second).toMatchObject({ code: 'record.taken' });
  expect(long).toMatchObject({ code: 'record.value' });
  expect(taken).toMatchObject({ code: 'record.taken' });
  expect(other).toMatchObject({ etag: (await world.get('/v1/customers/N2')).headers['etag'] });
  expect((await world.get('/v1/customers/N1')).json.data).toMatchObject({ customerName: 'first' });
});
