import { expect, test } from 'vitest';
import type { WireType } from '../data/warehouse/port.ts';
import type { Field } from './columns.ts';
import type { Filter, Operator } from './filter.ts';
import { canListInMemory, namedColumns, pageInMemory } from './in-memory-list.ts';
import type { ListRequest } from './question.ts';

// That it gives the very answer of SQL is tested on random worlds in test/oracle/.
const fieldOf = (field: string, type: WireType): Field => ({
  field,
  column: field,
  type,
  description: '',
  unit: undefined,
  isNullable: true,
});
const [id, amount, flag] = [fieldOf('id', 'text'), fieldOf('amount', 'decimal'), fieldOf('flag', 'boolean')];
const ROWS = [
  { id: 'b', amount: 2, flag: true },
  { id: 'a', amount: null, flag: false },
  { id: 'c', amount: 10, flag: null },
  { id: '\uffff', amount: 2, flag: true },
  { id: '😀', amount: 2, flag: true },
];
const request = (changes: Partial<ListRequest> = {}): ListRequest => ({
  filters: [],
  search: undefined,
  sort: [{ field: id, isDescending: false }],
  fields: [id],
  limit: 100,
  isPage: true,
  after: undefined,
  wantsTotal: false,
  facets: [],
  ...changes,
});
const ids = (changes: Partial<ListRequest>) =>
  (pageInMemory(namedColumns(ROWS), request(changes)).batch.columns[0] as string[]).join('');
const where = (field: Field, operator: Operator, ...values: string[]): Partial<ListRequest> => ({
  filters: [{ field, operator, values } satisfies Filter],
});

test('texts are in the order of code points, numbers of size, empty ones last', () => {
  expect(ids({})).toBe('abc\uffff😀');
  expect(ids({ sort: [{ field: id, isDescending: true }] })).toBe('😀\uffffcba');
  expect(
    ids({
      sort: [
        { field: amount, isDescending: true },
        { field: id, isDescending: false },
      ],
    }),
  ).toBe('cb\uffff😀a');
  expect(
    ids({
      sort: [
        { field: flag, isDescending: false },
        { field: id, isDescending: false },
      ],
    }),
  ).toBe('ab\uffff😀c');
});

test('a page ends after its limit, and the next one starts behind its last row', () => {
  const sort = [
    { field: amount, isDescending: false },
    { field: id, isDescending: false },
  ];
  const first = pageInMemory(namedColumns(ROWS), request({ sort, limit: 3, wantsTotal: true }));
  expect(first.batch.columns).toEqual([['b', '\uffff', '😀']]);
  expect(first.page).toEqual({ next: [2, '😀'], total: 5, facets: undefined });
  const second = pageInMemory(namedColumns(ROWS), request({ sort, limit: 3, after: first.page.next }));
  expect(second.batch.columns).toEqual([['c', 'a']]);
  expect(second.page).toEqual({ next: undefined, total: undefined, facets: undefined });
  expect(pageInMemory(namedColumns([]), request()).batch).toEqual({ rowCount: 0, columns: [[]] });
});

test.each<[Field, Operator, string[], string]>([
  [amount, 'eq', ['2.0'], 'b\uffff😀'],
  [amount, 'ne', ['2'], 'ac'],
  [amount, 'gt', ['2'], 'c'],
  [amount, 'gte', ['2'], 'bc\uffff😀'],
  [amount, 'lt', ['10'], 'b\uffff😀'],
  [amount, 'lte', ['10'], 'bc\uffff😀'],
  [amount, 'in', ['1', '10'], 'c'],
  [amount, 'isNull', ['true'], 'a'],
  [amount, 'isNull', ['false'], 'bc\uffff😀'],
  [flag, 'eq', ['false'], 'a'],
  [id, 'gt', ['\uffff'], '😀'],
])('%o %s %j', (field, operator, values, expected) => {
  expect(ids(where(field, operator, ...values))).toBe(expected);
});

test('patterns, searches, facets and streams are left to the warehouse', () => {
  expect(canListInMemory(request(where(id, 'eq', 'a')))).toBe(true);
  expect(canListInMemory(request(where(id, 'like', 'a%')))).toBe(false);
  expect(canListInMemory(request({ search: { text: 'a', fields: [id] } }))).toBe(false);
  expect(canListInMemory(request({ facets: [id] }))).toBe(false);
  expect(canListInMemory(request({ isPage: false }))).toBe(false);
  expect(() => ids(where(id, 'like', 'a%'))).toThrow(TypeError);
});
