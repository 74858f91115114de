import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compileFor } from '../../src/analysis/engine.ts';
import { sql } from '../../src/data/sql/sql.ts';

import { openWorld, type World } from '../world.ts';

const ROWS = 60_000;
const KINDS = ['csv', 'parquet', 'ndjson'] as const;
type Kind = (typeof KINDS)[number];
/** What may happen to a file while it is read; `next` is another file of that kind. */
const CHANGES: Readonly<Record<string, (file: string, next: string) => void>> = {
  'replaced by renaming': (file, next) => renameSync(next, file),
  'written over in place': (file, next) => writeFileSync(file, readFileSync(next)),
  'cut in half': (file) => truncateSync(file, readFileSync(file).length >> 1),
  deleted: (file) => rmSync(file),
  grown: (file, next) => appendFileSync(file, readFileSync(next)),
};

let world: World;
let folder: string;
const old = (kind: Kind) => join(folder, `old.${kind}`);
const next = (kind: Kind) => join(folder, `next.${kind}`);
const served = (kind: Kind) => join(folder, `served.${kind}`);

beforeAll(async () => {
  folder = folderKept();
  const options: Record<Kind, string> = {
    csv: 'format csv, header true',
    parquet: 'format parquet, row_group_size 10000',
    ndjson: 'format json',
  };
  const copy = (path: string, tag: string, rows: number, kind: Kind) =>
    `copy (select i as id, '${tag}' as tag, repeat(md5(i::varchar), 4) as filler from range(${rows}) t(i)) to '${path}' (${options[kind]})`;
  const statements = KINDS.flatMap((kind) => [
    copy(old(kind), 'old', ROWS, kind),
    copy(next(kind), 'next', ROWS + 7, kind),
    copy(served(kind), 'old', 1, kind),
  ]);
  const tables = KINDS.map((kind) => `  ${kind}_rows: { file: ${JSON.stringify(served(kind))} }\n`).join('');
  world = await openWorld({ catalog: `version: 1\ntables:\n${tables}`, statements });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A folder for all tests of the file. */
function folderKept(): string {
  return mkdtempSync(join(tmpdir(), 'dataset-'));
}

const statement = (kind: Kind) => {
  const { tables } = world.engine;
  return compileFor(
    world.engine,
    world.owner,
    sql`select x.id, x.tag, x.filler from ${tables.dataset(`${kind}_rows`)} x`,
  );
};
const counts = (kind: Kind) => {
  const table = world.engine.tables.dataset(`${kind}_rows`);
  const counted = sql`select x.tag, count(*) as n from ${table} x group by x.tag order by x.tag`;
  return compileFor(world.engine, world.owner, counted);
};

describe.each(KINDS)('%s', (kind) => {
  test.each(Object.keys(CHANGES))('%s while it streams: an error, never a short or mixed answer', async (name) => {
    copyFileSync(old(kind), served(kind));
    copyFileSync(next(kind), join(folder, 'taken'));
    const stream = await world.engine.warehouse.stream(world.owner, statement(kind), { lane: 'heavy' });
    const read = async () => {
      let rows = 0;
      for await (const batch of stream.batches) {
        if (rows === 0) CHANGES[name]!(served(kind), join(folder, 'taken'));
        rows += batch.rowCount;
      }
      return rows;
    };
    await expect(read()).rejects.toMatchObject({ code: 'dataset.changed' });
    const again = world.engine.warehouse.query(world.owner, counts(kind), { lane: 'heavy' });
    if (name === 'deleted') await expect(again).rejects.toMatchObject({ code: 'dataset.unavailable', status: 503 });
    if (/renaming|in place/.test(name)) expect((await again).columns).toEqual([['next'], [ROWS + 7]]);
    await again.catch(() => undefined);
  });

  test('that stays as it is, is read whole', async () => {
    copyFileSync(old(kind), served(kind));
    const stream = await world.engine.warehouse.stream(world.owner, statement(kind), { lane: 'heavy' });
    let rows = 0;
    for await (const batch of stream.batches) rows += batch.rowCount;
    expect(rows).toBe(ROWS);
  });

  test('replaced by renaming while it is counted: the whole old file, or the whole new one', async () => {
    for (let i = 0; i < 4; i += 1) {
      copyFileSync(old(kind), served(kind));
      copyFileSync(next(kind), join(folder, 'taken'));
      const asked = world.engine.warehouse.query(world.owner, counts(kind), { lane: 'heavy' });
      const moment = new Promise((resolve) => setTimeout(resolve, i * 15));
      await moment.then(() => renameSync(join(folder, 'taken'), served(kind)));
      expect([
        [['next'], [ROWS + 7]],
        [['old'], [ROWS]],
      ]).toContainEqual((await asked).columns);
    }
  });
});

test('a statement that fails for another reason says so, and a reader who leaves early ends it', async () => {
  copyFileSync(old('csv'), served('csv'));
  const table = world.engine.tables.dataset('csv_rows');
  const wrong = compileFor(world.engine, world.owner, sql`select cast(x.tag as integer) as n from ${table} x`);
  const { warehouse } = world.engine;
  await expect(warehouse.query(world.owner, wrong, { lane: 'heavy' })).rejects.toMatchObject({
    code: 'warehouse.failed',
  });
  const packed = compileFor(world.engine, world.owner, sql`select x.id from ${table} x`);
  const stream = await warehouse.pack(world.owner, packed, { lane: 'heavy' });
  for await (const batch of stream.batches) if (batch.rowCount > 0) break;
  await vi.waitUntil(() => warehouse.state().heavy.busy === 0, { interval: 1, timeout: 30_000 });
});
