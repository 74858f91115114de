import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { smallDisk } from '../e2e/small-disk.ts';
import { folderWith, openListening, type Answer } from '../imports-client.ts';
import { fillDisk, freeDisk } from './full-disk.ts';

type Listening = Awaited<ReturnType<typeof openListening>>;
type Row = Readonly<Record<string, unknown>>;

const KILOBYTES = 24_000;
/** Long enough that a few of them need a further page of the disk. */
const named = (customerId: string) => ({ customerId, customerName: `${customerId} `.padEnd(200, 'x') });
const SLOW = { timeout: 300_000 };

/** Ids of all customers, as the list shows them. */
async function ids({ ask }: Listening): Promise<string[]> {
  const { status, text } = await ask('/v1/customers?format=ndjson&fields=customerId');
  expect(status).toBe(200);
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { customerId: string }).customerId).sort();
}

/** Sends what `next` makes until it is refused; the refusal. */
async function untilRefused(
  next: (i: number) => Promise<Answer>,
  isDone: (answer: Answer) => boolean,
): Promise<Answer> {
  for (let i = 0; i < 5_000; i += 1) {
    const answer = await next(i);
    if (!isDone(answer)) return answer;
  }
  throw new Error('nothing was refused');
}

const open = (disk: string) => openListening(disk, { DEMO: 'off' });
/** The same rows after a crash at this moment, whose files are these, and after an end in good order. */
async function expectKept(disk: string, world: Listening, expected: readonly string[]): Promise<void> {
  const crashed = folderWith();
  cpSync(disk, crashed, { recursive: true });
  expect(await ids(world)).toEqual(expected.toSorted());
  await world.close();
  expect(await ids(await open(disk))).toEqual(expected.toSorted());
  expect(await ids(await open(crashed))).toEqual(expected.toSorted());
}
/** Faults other than a full disk that were logged. */
const strange = ({ logged }: Listening) =>
  logged.filter((line) => !/warehouse\.disk_full|state\.unavailable/.test(line));
const filesBelow = (folder: string) =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()) : [];

test('single writes: 507, reads answer, and writes work again when there is space', SLOW, async ({ skip }) => {
  const disk = smallDisk(KILOBYTES, skip);
  const world = await open(disk);
  const { ask, post } = world;
  const stored: string[] = [];
  const create = async (id: string) => {
    const answer = await post('/v1/customers', named(id));
    if (answer.status === 201) stored.push(id);
    return answer;
  };
  await create('first');
  fillDisk(disk);
  const refused = await untilRefused(
    (i) => create(`C${i}`),
    ({ status }) => status === 201,
  );
  expect([refused.status, refused.json.code]).toEqual([507, 'warehouse.disk_full']);
  const change = (method: string, body?: object) =>
    ask('/v1/customers/first', {
      method,
      headers: { 'if-match': '*', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  // Each may still find a few bytes; nothing is refused and done.
  const region = 'y'.repeat(50);
  const patched = await change('PATCH', { region });
  expect([200, 507]).toContain(patched.status);
  const shown = { ...named('first'), region: patched.status === 200 ? region : null };
  expect((await ask('/v1/customers/first')).json.data).toMatchObject(shown);
  const removed = await change('DELETE');
  expect([200, 507]).toContain(removed.status);
  if (removed.status === 200) stored.shift();
  expect(await ids(world)).toEqual(stored.toSorted());
  freeDisk(disk);
  expect((await create('after')).status).toBe(201);
  expect((await change('PUT', named('first'))).status).toBe(removed.status === 200 ? 404 : 200);
  expect(strange(world)).toEqual([]);
  await expectKept(disk, world, stored);
});

test(
  'a create with an Idempotency-Key: refused in words, and repeated with its key it happens once',
  SLOW,
  async ({ skip }) => {
    const disk = smallDisk(KILOBYTES, skip);
    const world = await open(disk);
    const create = (i: number) =>
      world.ask('/v1/customers', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `key ${i}`.replace(' ', '-') },
        body: JSON.stringify(named(`K${i}`)),
      });
    expect((await create(0)).status).toBe(201);
    fillDisk(disk);
    let last = 0;
    const refused = await untilRefused(
      (i) => create((last = i + 1)),
      ({ status }) => status === 201,
    );
    expect([507, 503]).toContain(refused.status);
    expect(['warehouse.disk_full', 'state.unavailable']).toContain(refused.json.code);
    freeDisk(disk);
    for (let i = last; i >= 0; i -= 1) expect([i, (await create(i)).status]).toEqual([i, 201]);
    expect((await create(last)).headers.get('idempotent-replayed')).toBe('true');
    expect(strange(world)).toEqual([]);
    await expectKept(
      disk,
      world,
      Array.from({ length: last + 1 }, (_, i) => `K${i}`),
    );
  },
);

test('a bulk body: what was answered as stored is, the rest of the lines say why not', SLOW, async ({ skip }) => {
  const disk = smallDisk(KILOBYTES, skip);
  const world = await open(disk);
  expect((await world.post('/v1/customers', named('first'))).status).toBe(201);
  fillDisk(disk, 1_500_000);
  const send = async (names: readonly string[]) => {
    const body = names.map((id) => `${JSON.stringify(named(id))}\n`).join('');
    const headers = { 'content-type': 'application/x-ndjson' };
    const { status, text } = await world.ask('/v1/customers/bulk', { method: 'POST', headers, body });
    expect(status).toBe(200);
    const answers = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    return { lines: answers.slice(0, -1), summary: answers.at(-1)!['summary'] };
  };
  const { lines, summary } = await send(Array.from({ length: 10_000 }, (_, i) => `L${i}`));
  const stored = lines.filter(({ status }) => status === 201).map(({ id }) => String(id));
  const failed = lines.filter(({ status }) => status !== 201);
  expect(summary).toMatchObject({ lines: 10_000, created: stored.length, failed: failed.length });
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.length % 1_000).toBe(0);
  expect(new Set(failed.map(({ status, code }) => `${String(status)} ${String(code)}`))).toEqual(
    new Set(['507 warehouse.disk_full']),
  );
  expect(await ids(world)).toEqual([...stored, 'first'].sort());
  freeDisk(disk);
  const again = await send(failed.map(({ id }) => String(id)));
  expect(again.summary).toMatchObject({ created: failed.length, failed: 0 });
  expect(strange(world)).toEqual([]);
  await expectKept(disk, world, [...stored, 'first', ...failed.map(({ id }) => String(id))]);
});

const customersFile = (rows: number) => {
  const lines = Array.from(
    { length: rows },
    (_, i) => `I${i},${((i + 1) * 7_919).toString(36).repeat(30).slice(0, 150)}\n`,
  );
  return `customer_id,customer_name\n${lines.join('')}`;
};

test('an upload: 507, the import has failed, its files are gone, and the next one may come', SLOW, async ({ skip }) => {
  const disk = smallDisk(KILOBYTES, skip);
  const world = await open(disk);
  expect((await world.post('/v1/customers', named('first'))).status).toBe(201);
  fillDisk(disk, 400_000);
  const refused = await world.upload('?table=customers', { 'c.csv': customersFile(10_000) });
  expect([refused.status, refused.json.code]).toEqual([507, 'warehouse.disk_full']);
  expect((await world.ask('/v1/imports/1')).json.data).toMatchObject({
    state: 'failed',
    problem: expect.stringContaining('The disk is full'),
  });
  expect(filesBelow(join(disk, 'raw'))).toEqual([]);
  freeDisk(disk);
  expect(await world.imported('?table=customers', { 'c.csv': 'customer_id\nA\n' })).toMatchObject({
    state: 'imported',
  });
  expect(strange(world)).toEqual([]);
  await expectKept(disk, world, ['A', 'first']);
});

test('not a byte left: an import is refused in words, and the next one may come', SLOW, async ({ skip }) => {
  const disk = smallDisk(KILOBYTES, skip);
  const world = await open(disk);
  fillDisk(disk);
  const refused = await untilRefused(
    () => world.upload('?table=customers', { 'c.csv': 'customer_id\nA\n' }),
    ({ status }) => status === 202,
  );
  expect([507, 503]).toContain(refused.status);
  expect(['warehouse.disk_full', 'state.unavailable']).toContain(refused.json.code);
  expect(filesBelow(join(disk, 'raw'))).toEqual([]);
  freeDisk(disk);
  expect(await world.imported('?table=customers', { 'c.csv': 'customer_id\nB\n' })).toMatchObject({
    state: 'imported',
  });
  const { data } = (await world.ask('/v1/imports')).json;
  expect(data.filter((one) => ['running', 'receiving'].includes(String(one['state'])))).toEqual([]);
  expect(strange(world)).toEqual([]);
  await expectKept(disk, world, ['B']);
});

test(
  'the rows of an import: it has failed, the old rows are served, and its files are gone',
  SLOW,
  async ({ skip }) => {
    const disk = smallDisk(KILOBYTES, skip);
    const world = await open(disk);
    expect((await world.post('/v1/customers', named('first'))).status).toBe(201);
    fillDisk(disk, 2_500_000);
    const packed = gzipSync(customersFile(150_000));
    expect(packed.length).toBeLessThan(2_000_000);
    const failed = await world.imported('?table=customers&mode=replace', { 'c.csv.gz': packed });
    expect(failed).toMatchObject({ state: 'failed', problem: expect.stringMatching(/no space left|disk is full/i) });
    expect(await ids(world)).toEqual(['first']);
    expect(filesBelow(join(disk, 'raw'))).toEqual([]);
    // The file for rejected rows alone.
    expect(filesBelow(join(disk, 'processed')).map(({ name }) => name)).toEqual([`${failed.id}.ndjson`]);
    freeDisk(disk);
    expect(await world.imported('?table=customers', { 'c.csv': 'customer_id\nA\n' })).toMatchObject({
      state: 'imported',
    });
    expect(strange(world)).toEqual([]);
    await expectKept(disk, world, ['A', 'first']);
  },
);
