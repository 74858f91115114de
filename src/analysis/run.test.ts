import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { TINY } from '../../test/world-rows.ts';
import { sql } from '../data/sql/sql.ts';
import { AppError } from '../lib/app-error.ts';
import { defineAnalysis, type Definition } from './define.ts';
import { field } from './fields.ts';
import { prepare } from './prepare.ts';
import type { Question } from './question.ts';
import { answer, streamed } from './run.ts';

const common = {
  title: 'For tests of answers',
  description: 'D.',
  params: Type.Object({ count: Type.Integer({ default: 3, description: 'How many.' }) }),
  row: Type.Object({ n: field.count('A number.') }),
  examples: [{ title: 'E', params: {} }],
} satisfies Partial<Definition<ReturnType<typeof Type.Object>, ReturnType<typeof Type.Object>>>;
const plain = defineAnalysis({
  ...common,
  name: 'test.plain',
  sql: ({ count }, { t }) =>
    sql`select r.n from (select unnest(range(0, ${count})) as n) r where (select count(*) from ${t.products} p) >= 0 order by r.n nulls last`,
});
const finished = defineAnalysis({
  ...common,
  name: 'test.finished',
  sql: ({ count }) => sql`select r.n from (select unnest(range(0, ${count})) as n) r`,
  finish: (rows) => [{ n: rows.length, unknown: 'left out' }],
});
const steps = defineAnalysis({
  ...common,
  name: 'test.steps',
  run: async ({ count }, { query, queryFew, t }) => {
    const few = await queryFew(sql`select p.product_id from ${t.products} p`, count);
    const all = await query(sql`select count(*) as how_many from ${t.products} p`);
    return [{ n: few?.length ?? 0 }, { n: all[0]!['howMany'] }];
  },
});
const wrong = defineAnalysis({ ...common, name: 'test.wrong', sql: () => sql`select 1 as m` });
const endless = defineAnalysis({
  ...common,
  name: 'test.endless',
  sql: () => sql`select count(*) as n from range(10000000) a, range(10000000) b where a.range % 7 = b.range % 5`,
});

let world: World;
beforeAll(async () => {
  world = await openWorld({ analyses: [plain, finished, steps, wrong, endless], settings: { RESULT_ROWS: 100 } });
});
afterAll(() => world.close());

const open = () => new AbortController().signal;
const ask = (name: string, params: Record<string, unknown> = { count: 3 }, isExplained = false): Question => ({
  analysis: world.engine.registry.get(name),
  tenant: world.owner,
  params,
  listing: undefined,
  isExplained,
});
const answerTo = async (question: Question, signal = open()) =>
  answer(world.engine, await prepare(world.engine, question, signal), signal);

describe('an answer', () => {
  test('is the rows of the statement, or what finish and run make of them', async () => {
    expect((await answerTo(ask('test.plain'))).answer.batch).toEqual({ rowCount: 3, columns: [[0, 1, 2]] });
    expect((await answerTo(ask('test.finished', { count: 5 }))).answer.batch).toEqual({ rowCount: 1, columns: [[5]] });
    expect((await answerTo(ask('test.steps', { count: 5 }))).answer.batch.columns).toEqual([[5, 5]]);
    expect((await answerTo(ask('test.steps', { count: 4 }))).answer.batch.columns).toEqual([[0, 5]]);
  });

  test('says what it read and how it was made', async () => {
    const { meta } = (await answerTo(ask('test.plain', { count: 7 }, true))).answer;
    expect(meta).toMatchObject({
      analysis: 'test.plain',
      asOf: '2024-06-15',
      demo: false,
      truncated: false,
      cache: 'off',
    });
    expect(meta.reads).toEqual({ tables: ['products'], columns: [] });
    expect(meta.dataVersion).toEqual({ products: 1 });
    expect(meta.timing.statementMs).toBeGreaterThan(0);
    expect(meta.explain).toMatchObject([{ binds: [7], tables: ['products'] }]);
    expect((await answerTo(ask('test.steps', { count: 9 }, true))).answer.meta.explain).toHaveLength(2);
  });

  test('is kept until a table that it reads changes; an explained one never', async () => {
    const caches: string[] = [];
    const again = async (isExplained = false) =>
      caches.push((await answerTo(ask('test.plain', { count: 11 }, isExplained))).cache);
    await again();
    await again();
    await again(true);
    await world.refill(TINY);
    await again();
    await again();
    expect(caches).toEqual(['miss', 'hit', 'off', 'miss', 'hit']);
  });

  test('is made once for those who ask at the same time', async () => {
    world.ran.length = 0;
    const asked = await Promise.all(Array.from({ length: 5 }, () => answerTo(ask('test.plain', { count: 13 }))));
    expect(asked.map(({ cache }) => cache).sort()).toEqual(['miss', 'shared', 'shared', 'shared', 'shared']);
    expect(world.ran.filter(({ params }) => params.includes(13))).toHaveLength(1);
    expect(new Set(asked.map(({ answer: { batch } }) => batch)).size).toBe(1);
  });

  test('of too many rows is refused, and not kept; as a stream it has no bound', async () => {
    await expect(answerTo(ask('test.plain', { count: 101 }))).rejects.toMatchObject({
      code: 'limit.rows',
      status: 422,
    });
    expect((await answerTo(ask('test.plain', { count: 100 }))).answer.batch.rowCount).toBe(100);
    const prepared = await prepare(world.engine, ask('test.plain', { count: 5000 }), open());
    const { batches } = await streamed(world.engine, prepared, open());
    let rows = 0;
    for await (const batch of batches) rows += batch.rowCount;
    expect(rows).toBe(5000);
  });

  test('that lacks a column of its rows is an error of ours, and leaves no statement open', async () => {
    await expect(answerTo(ask('test.wrong'))).rejects.toThrow('analysis test.wrong: its SQL has no column n');
    const prepared = await prepare(world.engine, ask('test.wrong'), open());
    await expect(streamed(world.engine, prepared, open())).rejects.toThrow(TypeError);
    expect(world.warehouse.state().heavy.busy).toBe(0);
  });
});

describe('a stream', () => {
  test('of an analysis with a finish is its answer in one batch', async () => {
    const { batches, meta } = await streamed(
      world.engine,
      await prepare(world.engine, ask('test.finished'), open()),
      open(),
    );
    const found = [];
    for await (const batch of batches) found.push(batch);
    expect(found).toEqual([{ rowCount: 1, columns: [[3]] }]);
    expect(meta.analysis).toBe('test.finished');
  });

  test('that its reader leaves gives its connection back', async () => {
    const { batches } = await streamed(
      world.engine,
      await prepare(world.engine, ask('test.plain', { count: 1_000_000 }), open()),
      open(),
    );
    for await (const batch of batches) if (batch.rowCount > 0) break;
    expect(world.warehouse.state().heavy.busy).toBe(0);
  });
});

describe('who leaves', () => {
  test('stops the statement, when nobody else waits for it', async () => {
    const leaver = new AbortController();
    const left = answerTo(ask('test.endless'), leaver.signal);
    await expect.poll(() => world.warehouse.state().heavy.busy).toBe(1);
    leaver.abort(new AppError('statement.cancelled', 'gone'));
    await expect(left).rejects.toMatchObject({ code: 'statement.cancelled' });
    await expect.poll(() => world.warehouse.state().heavy.busy).toBe(0);
  });
});
