import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/app-error.ts';
import { tenant } from '../tenant.ts';
import type { Database } from './database.ts';
import { createDatabases } from './databases.ts';
import { ENDLESS, openTestWarehouse, type TestWarehouse } from './test-warehouse.ts';

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
const opened: TestWarehouse[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.close()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(changes: Parameters<typeof openTestWarehouse>[0]) {
  const db = await openTestWarehouse(changes);
  opened.push(db);
  return db;
}

/** Another process of ours with a warehouse `db` on a file, which runs `body`; resolves when it has printed a line. */
async function child(file: string, body: string) {
  const code = `
    import { openTestWarehouse, ENDLESS } from './src/data/warehouse/duckdb/test-warehouse.ts';
    const db = await openTestWarehouse({ file: ${JSON.stringify(file)} });
    ${body}`;
  const process_ = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(process_);
  const [line] = (await once(process_.stdout, 'data')) as [Buffer];
  return { process: process_, line: line.toString().trim() };
}

describe('opening', () => {
  it.each([
    ['a folder that is missing', join(folder, 'missing', 'x.duckdb'), /cannot be opened/],
    ['a folder in place of a file', folder, /cannot be opened/],
    ['a file of something else', join(folder, 'text.duckdb'), /not a database/],
  ])('%s: warehouse.unavailable with the path', async (_, file, words) => {
    writeFileSync(join(folder, 'text.duckdb'), 'hello '.repeat(5000));
    const db = await open({ file });
    const error = await db.query('select 1').catch((each: unknown) => each);
    expect(error).toMatchObject({ code: 'warehouse.unavailable', status: 503, cause: expect.any(Error) });
    expect((error as AppError).detail).toMatch(words);
    expect((error as AppError).detail).toContain(file);
  });

  it('is tried again by the next call', async () => {
    const file = join(folder, 'later', 'x.duckdb');
    const db = await open({ file });
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'warehouse.unavailable' });
    await expect(db.warehouse.ping(db.tenant)).rejects.toMatchObject({ code: 'warehouse.unavailable' });
    mkdirSync(join(folder, 'later'));
    expect(await db.rows('select 1')).toEqual([[1]]);
  });

  it('is done once for many callers', async () => {
    const db = await open({ file: join(folder, 'once.duckdb') });
    const answers = await Promise.all([...Array(10).keys()].map((i) => db.rows('select ?', [i])));
    expect(answers.flat(2)).toEqual([...Array(10).keys()]);
  });

  it('of a file that another process has open: warehouse.locked, until it lets go', async () => {
    const file = join(folder, 'locked.duckdb');
    const holder = await child(file, "await db.query('select 1'); console.log('open'); setInterval(() => {}, 1000);");
    expect(holder.line).toBe('open');
    const db = await open({ file });
    const error = await db.query('select 1').catch((each: unknown) => each);
    expect(error).toMatchObject({ code: 'warehouse.locked', status: 503, headers: { 'retry-after': '5' } });
    expect((error as AppError).detail).toContain(file);
    holder.process.kill('SIGKILL');
    await once(holder.process, 'exit');
    expect(await db.rows('select 1')).toEqual([[1]]);
  });
});

describe('a file that goes away while it is open', () => {
  it.each([
    ['deleted', (file: string) => rmSync(file)],
    [
      'replaced',
      (file: string) => {
        renameSync(file, `${file}.old`);
        writeFileSync(file, '');
      },
    ],
  ])('%s: answers go on, and ping says that writes would be lost', async (what, harm) => {
    const file = join(folder, `${what}.duckdb`);
    const db = await open({ file });
    await db.script('create table t as select 1 as i');
    expect(await db.warehouse.ping(db.tenant)).toBeGreaterThanOrEqual(0);
    harm(file);
    expect(await db.rows('select i from t')).toEqual([[1]]);
    await expect(db.warehouse.ping(db.tenant)).rejects.toMatchObject({ code: 'warehouse.unavailable' });
  });
});

describe('durability', () => {
  it('a write that was acknowledged survives kill -9', async () => {
    const file = join(folder, 'durable.duckdb');
    const writer = await child(
      file,
      "await db.script('create table t(i integer)', 'insert into t values (7)'); console.log('acknowledged'); setInterval(() => {}, 1000);",
    );
    expect(writer.line).toBe('acknowledged');
    writer.process.kill('SIGKILL');
    await once(writer.process, 'exit');
    const db = await open({ file });
    expect(await db.rows('select i from t')).toEqual([[7]]);
  });

  it('read-only: is read with all macros, and not written', async () => {
    const file = join(folder, 'read-only.duckdb');
    const first = await openTestWarehouse({ file });
    await first.script('create table t as select 1 as i');
    await first.close();
    const db = await open({ file, mode: 'read-only' });
    expect(await db.rows('select iff(i = 1, 10, 20) from t')).toEqual([[10]]);
    await db.warehouse.write(db.tenant, async (writer) =>
      expect((await writer.query('select i from t')).rowCount).toBe(1),
    );
    await expect(db.script('insert into t values (2)')).rejects.toMatchObject({ code: 'warehouse.failed' });
  });
});

describe('closing', () => {
  it('stops what runs, refuses what waits and what comes', async () => {
    const db = await openTestWarehouse({ HEAVY_CONNECTIONS: 1 });
    const stream = await db.stream('select i from range(100000000000) t(i)');
    const batches = stream.batches[Symbol.asyncIterator]();
    await batches.next();
    const calls = [
      db.query(ENDLESS),
      db.query('select 1', [], { lane: 'heavy' }),
      db.warehouse.write(db.tenant, (writer) => writer.query(ENDLESS)),
    ].map((call) => call.catch((error: unknown) => error));
    await db.query('select 1');
    await db.close();
    for (const outcome of await Promise.all(calls)) expect(outcome).toMatchObject({ code: 'warehouse.unavailable' });
    await expect(batches.next()).rejects.toMatchObject({ code: 'warehouse.unavailable' });
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'warehouse.unavailable' });
  });

  it('lets go of the file at once, also after an abandoned stream', async () => {
    const file = join(folder, 'released.duckdb');
    const db = await openTestWarehouse({ file });
    const stream = await db.stream('select i, md5(cast(i as varchar)) s from range(300000) t(i) order by s');
    for await (const _ of stream.batches) break;
    await db.close();
    const other = await child(file, "await db.query('select 1'); console.log('open'); await db.close();");
    expect(other.line).toBe('open');
  });

  it('also while it is being opened, and when it never was', async () => {
    const db = await openTestWarehouse();
    const call = db.query('select 1').catch((error: unknown) => error);
    await db.close();
    expect(await call).toMatchObject({ code: 'warehouse.unavailable' });
    await (await openTestWarehouse()).close();
  });

  it('lets the process end (trap: closing a busy connection hangs it)', async () => {
    const { process: process_ } = await child(
      ':memory:',
      `const running = db.query(ENDLESS).catch((error) => console.log(error.code));
       await db.query('select 1');
       await db.close();
       await running;`,
    );
    const [code] = (await once(process_, 'exit')) as [number];
    expect(code).toBe(0);
  });
});

/** A file system of 12 MB, where we may make one. */
const small = join(folder, 'small');
function mountSmall(): boolean {
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', small], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('skipped: full disk (mounting a small file system is not permitted here)');
    return false;
  }
}

describe('a full disk', () => {
  let isMounted = false;
  beforeAll(() => {
    isMounted = mountSmall();
  });
  beforeEach(() => {
    for (const name of readdirSync(small)) rmSync(join(small, name), { recursive: true });
  });
  afterAll(() => {
    if (isMounted) execFileSync('umount', [small]);
  });

  it('a write that does not fit is refused and rolled back; reading and small writes go on', async ({ skip }) => {
    if (!isMounted) return skip('mounting is not permitted');
    const db = await open({ file: join(small, 'a.duckdb') });
    await db.script("create table t as select 1 as i, 'one' as s");
    const big = db.script(
      'insert into t select i, md5(cast(i as varchar)) || md5(cast(-i as varchar)) from range(1000000) r(i)',
    );
    await expect(big).rejects.toMatchObject({ code: 'warehouse.disk_full', status: 507 });
    expect(await db.rows('select i, s from t')).toEqual([[1, 'one']]);
  });

  it('after a failed checkpoint the database is opened again, with all that was committed', async ({ skip }) => {
    if (!isMounted) return skip('mounting is not permitted');
    const db = await open({ file: join(small, 'b.duckdb') });
    await db.script("create table t as select 1 as i, 'one' as s");
    const filler = join(small, 'filler');
    execFileSync('sh', ['-c', `cat /dev/zero > ${filler} 2>/dev/null || true`]);
    const reader = await db.stream('select i from range(1000000000) t(i)');
    await reader.batches[Symbol.asyncIterator]().next();
    const outcome = await db.warehouse
      .write(db.tenant, (writer) => writer.run("insert into t values (2, repeat('x', 2000000))"))
      .catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: 'warehouse.disk_full' });
    const checkpoint = await db.query('checkpoint').catch((error: unknown) => error);
    expect(checkpoint).toMatchObject({ code: 'warehouse.disk_full' });
    rmSync(filler);
    expect(await db.rows("select i from t where s = 'one'")).toEqual([[1]]);
    await db.script("insert into t values (3, 'three')");
    expect(await db.rows('select count(*) from t where i = 3')).toEqual([[1]]);
  });

  it('spilling to it is refused', async ({ skip }) => {
    if (!isMounted) return skip('mounting is not permitted');
    const { openDuckdb } = await import('./warehouse.ts');
    const { settingsWith } = await import('../../../config/settings.ts');
    const warehouse = await openDuckdb({
      settings: settingsWith({ THREADS: 1, MEMORY_LIMIT: 60 * 1024 ** 2 }),
      fileOf: () => ':memory:',
      spillDir: join(small, 'spill'),
    });
    const text = 'select i, md5(cast(i as varchar)) s from range(3000000) t(i) order by s limit 5 offset 2000000';
    const call = warehouse.query(
      tenant('a'),
      { text, params: [], reads: { tables: [], columns: [] } },
      { lane: 'heavy' },
    );
    await expect(call).rejects.toMatchObject({ code: 'warehouse.disk_full' });
    await warehouse.close();
  });
});

describe('createDatabases', () => {
  const fatal = new Error('FATAL Error: database has been invalidated because of a previous fatal error');
  /** Stands for a database: only opening and closing are looked at here. */
  const stand = (log: string[], name: string): Database =>
    ({ file: name, close: async () => void log.push(`close ${name}`) }) as unknown as Database;

  it('closes a broken database once, and opens it again only after that', async () => {
    const log: string[] = [];
    let made = 0;
    const databases = createDatabases(async () => {
      log.push('open');
      return stand(log, `db${++made}`);
    });
    const owner = tenant('a');
    const first = await databases.of(owner);
    expect(databases.explain(owner, first, new Error('Binder Error')).code).toBe('warehouse.failed');
    expect(await databases.of(owner)).toBe(first);
    expect(databases.explain(owner, first, fatal).code).toBe('warehouse.unavailable');
    expect(databases.explain(owner, first, fatal).code).toBe('warehouse.unavailable');
    const second = await databases.of(owner);
    expect(second).not.toBe(first);
    await databases.close(new AppError('warehouse.unavailable', 'closed'));
    expect(log).toEqual(['open', 'close db1', 'open', 'close db2']);
  });

  it('keeps tenants apart', async () => {
    const databases = createDatabases(async ({ id }) => stand([], id));
    expect((await databases.of(tenant('a'))).file).toBe('a');
    expect((await databases.of(tenant('b'))).file).toBe('b');
    expect(databases.opened()).toHaveLength(2);
  });
});
