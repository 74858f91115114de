import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import { tenant } from '../warehouse/tenant.ts';
import { openState, type State } from './open-state.ts';
import { rfmTables } from './rfm-tables.ts';
import { segments, type SegmentDraft, type Segments } from './segments.ts';

type Rule = { readonly over?: number; readonly of?: readonly string[] };
const ours = tenant('default');
const theirs = tenant('other');
const allowed = () => undefined;
const draft = (over: number, ...refersTo: string[]): SegmentDraft<Rule> => ({
  name: `Over ${over}`,
  description: null,
  rule: { over, of: refersTo },
  refersTo,
});

let folder: string;
let file: string;
let now: string;
let state: State;
let store: Segments<Rule>;
const open = () => openState({ file, clock: () => new Date(now) });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  file = join(folder, 'state.sqlite');
  now = '2026-03-01T12:00:00.000Z';
  state = open();
  store = segments<Rule>(state);
});
afterEach(() => {
  state.close();
  rmSync(folder, { recursive: true, force: true });
});

const refusal = async (write: Promise<unknown>) => {
  const error = await write.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return `${(error as AppError).code}: ${(error as AppError).detail}`;
};

describe('a segment', () => {
  test('is made, replaced and removed, and every version is kept, also after a restart', async () => {
    const made = await store.create(ours, 'gold', { ...draft(1), description: 'naïve ✓' }, allowed);
    expect(made).toEqual({
      id: 'gold',
      revision: 1,
      name: 'Over 1',
      description: 'naïve ✓',
      rule: { over: 1, of: [] },
      createdAt: now,
      updatedAt: now,
    });
    expect(await store.get(ours, 'gold')).toEqual(made);
    now = '2026-03-02T12:00:00.000Z';
    const replaced = await store.replace(ours, { id: 'gold', draft: draft(2), revision: 1 }, allowed);
    expect(replaced).toEqual({
      ...made,
      revision: 2,
      name: 'Over 2',
      description: null,
      rule: { over: 2, of: [] },
      updatedAt: now,
    });
    now = '2026-03-03T12:00:00.000Z';
    await store.remove(ours, { id: 'gold', revision: 2 });
    expect(await store.get(ours, 'gold')).toBeUndefined();
    const again = await store.create(ours, 'gold', draft(3), allowed);
    expect(again.revision).toBe(4);

    state.close();
    state = open();
    store = segments<Rule>(state);
    expect(await store.get(ours, 'gold')).toEqual(again);
    const history = await store.history(ours, 'gold', { limit: 10 });
    expect(
      history.map(({ revision, change, name, changedAt }) => [revision, change, name, changedAt.slice(8, 10)]),
    ).toEqual([
      [4, 'created', 'Over 3', '03'],
      [3, 'deleted', 'Over 2', '03'],
      [2, 'replaced', 'Over 2', '02'],
      [1, 'created', 'Over 1', '01'],
    ]);
    expect(history[3]).toMatchObject({ description: 'naïve ✓', rule: { over: 1, of: [] } });
    expect((await store.history(ours, 'gold', { limit: 2, before: 4 })).map(({ revision }) => revision)).toEqual([
      3, 2,
    ]);
    expect(await store.history(ours, 'other', { limit: 10 })).toEqual([]);
  });

  test('is not written over, and only from the revision that was read', async () => {
    await store.create(ours, 'gold', draft(1), allowed);
    expect(await refusal(store.create(ours, 'gold', draft(2), allowed))).toBe(
      'record.taken: there is a segment "gold" already',
    );
    const stale = 'precondition.failed: the segment is at revision 1, not 7';
    expect(await refusal(store.replace(ours, { id: 'gold', draft: draft(2), revision: 7 }, allowed))).toBe(stale);
    expect(await refusal(store.remove(ours, { id: 'gold', revision: 7 }))).toBe(stale);
    expect(await refusal(store.replace(ours, { id: 'glod', draft: draft(2) }, allowed))).toBe(
      'segment.not_found: there is no segment "glod"',
    );
    expect(await refusal(store.remove(ours, { id: 'glod' }))).toBe('segment.not_found: there is no segment "glod"');
    const both = [draft(2), draft(3)].map((one) =>
      store.replace(ours, { id: 'gold', draft: one, revision: 1 }, allowed),
    );
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await store.history(ours, 'gold', { limit: 10 })).length).toBe(2);
  });

  test('is removed only when no other refers to it', async () => {
    await store.create(ours, 'gold', draft(1), allowed);
    await store.create(ours, 'b', draft(2, 'gold'), allowed);
    await store.create(ours, 'a', draft(3, 'gold', 'b'), allowed);
    expect(await refusal(store.remove(ours, { id: 'gold' }))).toBe('segment.in_use: the rules of a, b refer to gold');
    await store.replace(ours, { id: 'b', draft: draft(2) }, allowed);
    expect(await refusal(store.remove(ours, { id: 'gold' }))).toBe('segment.in_use: the rules of a refer to gold');
    await store.remove(ours, { id: 'a' });
    await store.remove(ours, { id: 'gold' });
    expect((await store.list(ours, { limit: 10 })).map(({ id }) => id)).toEqual(['b']);
  });

  test('that names one that is not there is not stored, whatever was checked', async () => {
    await expect(store.create(ours, 'a', draft(1, 'nobody'), allowed)).rejects.toThrow('FOREIGN KEY');
    expect([await store.count(ours), await store.history(ours, 'a', { limit: 9 })]).toEqual([0, []]);
  });

  test('of another tenant is not there', async () => {
    await store.create(theirs, 'gold', draft(1), allowed);
    expect([await store.get(ours, 'gold'), await store.count(ours), await store.list(ours, { limit: 9 })]).toEqual([
      undefined,
      0,
      [],
    ]);
    expect((await store.definitions(ours)).segments.size).toBe(0);
    expect(await store.history(ours, 'gold', { limit: 9 })).toEqual([]);
    expect(await refusal(store.remove(ours, { id: 'gold' }))).toMatch(/^segment\.not_found/);
    await expect(store.create(ours, 'a', draft(1, 'gold'), allowed)).rejects.toThrow('FOREIGN KEY');
  });
});

test('pages go through all segments once, by code point', async () => {
  const ids = ['a', 'b-1', 'b_1', 'b1', 'c', '0'];
  for (const id of ids) await store.create(ours, id, draft(1), allowed);
  const seen: string[] = [];
  for (let after: string | undefined; ; after = seen.at(-1)) {
    const page = await store.list(ours, { limit: 2, after });
    seen.push(...page.map(({ id }) => id));
    if (page.length < 2) break;
  }
  expect(seen).toEqual(['0', 'a', 'b-1', 'b1', 'b_1', 'c']);
  expect(await store.count(ours)).toBe(6);
});

describe('definitions', () => {
  test('are kept until a segment changes, and have another version then', async () => {
    const none = await store.definitions(ours);
    expect([none.version, none.segments.size]).toEqual(['0', 0]);
    await store.create(ours, 'gold', draft(1), allowed);
    await store.create(ours, 'both', draft(2, 'gold'), allowed);
    const two = await store.definitions(ours);
    expect(Object.fromEntries(two.segments)).toEqual({
      both: { name: 'Over 2', rule: { over: 2, of: ['gold'] }, refersTo: ['gold'] },
      gold: { name: 'Over 1', rule: { over: 1, of: [] }, refersTo: [] },
    });
    await store.create(theirs, 'gold', draft(9), allowed);
    expect(await store.definitions(ours)).toBe(two);
    await store.remove(ours, { id: 'both' });
    const one = await store.definitions(ours);
    expect([[...one.segments.keys()], new Set([none.version, two.version, one.version]).size]).toEqual([['gold'], 3]);
  });

  test('are another when another process writes', async () => {
    await store.create(ours, 'gold', draft(1), allowed);
    expect((await store.definitions(ours)).segments.get('gold')?.rule.over).toBe(1);
    const other = open();
    await segments<Rule>(other).replace(ours, { id: 'gold', draft: draft(2) }, allowed);
    other.close();
    expect((await store.definitions(ours)).segments.get('gold')?.rule.over).toBe(2);
  });

  test('are shown to the check of a write as they are then, which refuses what it throws on', async () => {
    await store.create(ours, 'gold', draft(1), allowed);
    await store.definitions(ours);
    const seen: number[] = [];
    const look = (name: string) =>
      store.create(ours, name, draft(2), (definitions) => {
        seen.push(definitions().segments.size);
        if (name === 'bad') throw new AppError('segment.invalid', 'no');
      });
    // In one transaction: what fails is not seen by those behind it.
    const done = await Promise.allSettled(['a', 'bad', 'b'].map(look));
    expect(done.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen.slice(-3)).toEqual([1, 2, 2]);
    expect([...(await store.definitions(ours)).segments.keys()]).toEqual(['a', 'b', 'gold']);
    await refusal(
      store.replace(ours, { id: 'gold', draft: draft(5) }, () => {
        throw new AppError('segment.invalid', 'no');
      }),
    );
    expect((await store.get(ours, 'gold'))?.revision).toBe(1);
  });
});

test('ten thousand segments are listed and loaded quickly', async () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => `segment-${String(i).padStart(5, '0')}`);
  await Promise.all(ids.map((id, i) => store.create(ours, id, draft(i, ...ids.slice(Math.max(0, i - 1), i)), allowed)));
  const timed = async <T>(work: () => Promise<T>) => {
    const times: number[] = [];
    let result: T;
    for (let i = 0; i < 5; i++) {
      const started = performance.now();
      result = await work();
      times.push(performance.now() - started);
    }
    return { result: result!, ms: Math.min(...times) };
  };
  const page = await timed(() => store.list(ours, { limit: 100, after: 'segment-05000' }));
  expect(page.result.at(-1)?.id).toBe('segment-05100');
  expect(page.ms).toBeLessThan(10);
  const started = performance.now();
  const definitions = await store.definitions(ours);
  const loading = performance.now() - started;
  expect([definitions.segments.size, definitions.segments.get('segment-09999')?.refersTo]).toEqual([
    10_000,
    ['segment-09998'],
  ]);
  const again = await timed(() => store.definitions(ours));
  expect(again.result).toBe(definitions);
  expect(again.ms).toBeLessThan(1);
  expect(loading).toBeLessThan(1_000);
});

describe('the RFM table', () => {
  test('is replaced from the version that was read, and every version is kept', async () => {
    const tables = rfmTables<readonly string[]>(state);
    expect(await tables.current(ours)).toBeUndefined();
    expect(await tables.replace(ours, ['a'], 0)).toEqual({ version: 1, table: ['a'], madeAt: now });
    expect(await refusal(tables.replace(ours, ['b'], 0))).toBe(
      'precondition.failed: the RFM table is at version 1, not 0',
    );
    now = '2026-03-02T12:00:00.000Z';
    await tables.replace(ours, ['b'], 1);
    await tables.replace(ours, ['c']);
    expect(await tables.current(ours)).toEqual({ version: 3, table: ['c'], madeAt: now });
    expect((await tables.history(ours, { limit: 10 })).map(({ version }) => version)).toEqual([3, 2, 1]);
    expect((await tables.history(ours, { limit: 1, before: 3 })).map(({ table }) => table)).toEqual([['b']]);
    expect([await tables.current(theirs), await tables.history(theirs, { limit: 10 })]).toEqual([undefined, []]);
  });
});
