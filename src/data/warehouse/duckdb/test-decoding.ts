import fc from 'fast-check';
import { expect } from 'vitest';
import type { Bind } from '../../sql/sql.ts';
import type { Value } from '../port.ts';
import { rowsOf, type TestWarehouse } from './test-warehouse.ts';

/** Decodes `values`, cast to `type`, on both ways that results are read, over more rows than a chunk has. Returns [decoded, text of the engine] of each row. */
export async function decoded(db: TestWarehouse, type: string, values: readonly Bind[], text = 'cast(x as varchar)') {
  const cases = values.map((_, i) => `(${i}, cast(? as ${type}))`).join(', ');
  const sql = `with pool(p, x) as (values ${cases})
    select x, ${text} as t from range(2500) r(i) join pool on p = i % ${values.length} order by i`;
  const whole = await db.rows(sql, values);
  const streamed: (readonly Value[])[] = [];
  for await (const batch of (await db.stream(sql, values)).batches) streamed.push(...rowsOf(batch));
  expect(streamed).toEqual(whole);
  expect(whole).toHaveLength(2500);
  return whole;
}

export const nullable = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.array(fc.option(arbitrary), { minLength: 1, maxLength: 40 });
/** Runs a check on random lists of texts of a type, nulls among them. */
export async function holds(
  db: TestWarehouse,
  type: string,
  texts: fc.Arbitrary<Bind>,
  expected: (text: string) => Value,
  text?: string,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(nullable(texts), async (values) => {
      for (const [value, engineText] of await decoded(db, type, values, text)) {
        expect(value).toEqual(engineText === null ? null : expected(engineText as string));
      }
    }),
    { numRuns: 12 },
  );
}
