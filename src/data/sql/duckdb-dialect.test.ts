import { assert, property, string } from '../../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { duckdbDialect } from './duckdb-dialect.ts';
import { sql } from './sql.ts';

test('a quoted name cannot leave its quotes', () => {
  assert(
    property(string({ minLength: 1 }), (name) => {
      const inside = duckdbDialect.quote(name).slice(1, -1);
      expect(inside.replaceAll('""', '')).not.toContain('"');
      expect(inside.replaceAll('""', '"')).toBe(name);
    }),
  );
});

test('the text of a list of ids does not depend on the ids', () => {
  const textOf = (ids: string[]) =>
    duckdbDialect.idList(ids).parts.map((part) => (part.kind === 'text' ? part.text : part.kind));
  expect(textOf(["a'b", 'c'])).toEqual(textOf([]));
});

test('half a surrogate pair in an id is replaced: the engine refuses JSON that has one', () => {
  const [list] = duckdbDialect
    .idList(['a\ud800', '😀'])
    .parts.flatMap((part) => (part.kind === 'param' ? [part.value] : []));
  expect(list).toBe('["a\ufffd","😀"]');
});

test('contains binds the text and leaves the column as it is', () => {
  const { parts } = duckdbDialect.contains(sql`q.name`, "o'%_");
  expect(parts.map((part) => (part.kind === 'text' ? part.text : part))).toEqual([
    'contains(lower(',
    'q.name',
    '), lower(',
    { kind: 'param', value: "o'%_" },
    '))',
  ]);
});
