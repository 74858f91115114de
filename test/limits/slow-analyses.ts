import { Type } from 'typebox';
import { defineAnalysis, type Analysis } from '../../src/analysis/define.ts';
import { field } from '../../src/analysis/fields.ts';
import type { Sql } from '../../src/data/sql/sql.ts';
import { sql } from '../../src/data/sql/sql.ts';

const Params = Type.Object({
  n: Type.Integer({ minimum: 0, maximum: 1e12, default: 0, description: 'Makes one question differ from the next.' }),
});
const Row = Type.Object({ n: field.count('A number.') });

type Shape = Pick<Analysis, 'lane' | 'delivery' | 'listing'>;
const analysis = (name: string, statement: (n: number) => Sql, shape: Shape = {}): Analysis =>
  defineAnalysis({
    name: `slow.${name}`,
    title: name,
    description: 'For tests of limits.',
    params: Params,
    row: Row,
    sql: ({ n }) => statement(n),
    examples: [{ title: name, params: {} }],
    ...shape,
  });

/** Ends in hours, and holds next to no memory; `n` is part of the text that must not be shared. */
const endless = (n: number) =>
  sql`select count(*) as n from range(10000000) a(i), range(10000000) b(j) where (i + j) % 7 = 8 + ${n}`;

/** Statements that run into limits. Each takes `n`. */
export const SLOW_ANALYSES: readonly Analysis[] = Object.freeze([
  analysis('endless', endless),
  analysis('endless-look-up', endless, { lane: 'fast' }),
  analysis('rows', (n) => sql`select i as n from range(${n}) t(i)`),
  analysis('row-stream', (n) => sql`select i as n from range(${n}) t(i)`, { delivery: 'stream' }),
  // A list of n numbers is one value, which cannot be spilled.
  analysis('big-value', (n) => sql`select len(list(i)) as n from range(${n}) t(i)`),
  // Sorted by a text, so that the rows have to be kept until the last one came.
  analysis(
    'big-sort',
    (n) => sql`select s.i as n from (
  select i, md5(cast(i as varchar)) as text from range(${n}) t(i) order by text nulls last, i limit 1 offset ${Math.floor(n / 2)}
) s`,
  ),
  analysis('threads', () => sql`select cast(current_setting('threads') as integer) as n`),
]);
