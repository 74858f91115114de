import { describe, expect, test } from 'vitest';
import { duckdbDialect } from '../data/sql/duckdb-dialect.ts';
import type { WireType } from '../data/warehouse/port.ts';
import type { Field } from './columns.ts';
import {
  bindAs,
  filterCondition,
  filterKey,
  filterProblems,
  operatorsFor,
  OPERATORS,
  type Operator,
} from './filter.ts';

const fieldOf = (type: WireType): Field => ({
  field: 'someField',
  column: 'some_field',
  type,
  description: '',
  unit: undefined,
  isNullable: true,
});
const problems = (type: WireType, operator: Operator, ...values: string[]) =>
  filterProblems({ field: fieldOf(type), operator, values });
const condition = (type: WireType, operator: Operator, ...values: string[]) => {
  const { parts } = filterCondition({ field: fieldOf(type), operator, values }, duckdbDialect);
  const text = parts.map((part) => (part.kind === 'text' ? part.text : part.kind === 'id' ? part.name : '?')).join('');
  return [text, ...parts.flatMap((part) => (part.kind === 'param' ? [part.value] : []))];
};

describe('operators', () => {
  test('each has its own parameter; equality is the plain name', () => {
    expect(filterKey('region', 'eq')).toBe('region');
    expect(filterKey('attributes.tier', 'gte')).toBe('attributes.tier[gte]');
  });

  test('like is for texts, order for all but booleans', () => {
    expect(operatorsFor('text')).toEqual(Object.keys(OPERATORS));
    expect(operatorsFor('boolean')).toEqual(['eq', 'ne', 'in', 'isNull']);
    for (const type of ['date', 'timestamp', 'integer', 'decimal', 'double'] as const) {
      expect(operatorsFor(type)).toEqual(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'isNull']);
    }
  });
});

describe('values of a filter', () => {
  test.each<[WireType, readonly string[]]>([
    ['text', ['', 'anything', "'; drop table customers; --", '\u0000']],
    ['date', ['2024-02-29', '0001-01-01', '9999-12-31']],
    ['timestamp', ['2024-01-31', '2024-01-31T12:30:05Z', '2024-01-31 12:30:05.123456', '2024-01-31T23:59:59Z']],
    ['integer', ['0', '-5', '9'.repeat(37)]],
    ['decimal', ['0', '-5', '12.50', '0.0000000001', `${'9'.repeat(27)}.${'9'.repeat(10)}`]],
    ['double', ['0', '-1.5', '1e300', '2E-5', '1e+2', '1'.repeat(300)]],
    ['boolean', ['true', 'false']],
  ])('%s takes %j', (type, values) => {
    for (const value of values) expect(problems(type, 'eq', value)).toEqual([]);
  });

  test.each<[WireType, readonly string[], string]>([
    ['date', ['2024-02-30', '2024-1-1', 'today', '', '2024-01-01T00:00:00Z', 'infinity', 'epoch'], 'a date such as'],
    [
      'timestamp',
      ['2024-02-30T00:00:00Z', '2024-01-01T25:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01Z', '12:00', 'now', ''],
      'a time such as',
    ],
    [
      'timestamp',
      [
        '2024-01-01T12:00:00+02:00',
        '2024-01-01T12:00:60Z',
        '2024-01-01T12:61:00Z',
        '2024-01-01T12:00Z',
        '2024-01-01x',
        '2024-01-01\n',
      ],
      'a time such as',
    ],
    ['integer', ['1.0', '1e3', '0x1', ' 1', '1 ', '', '9'.repeat(38), '١', '+1', '--1'], 'a whole number'],
    ['decimal', ['.5', '5.', '1e3', 'NaN', '', `1.${'1'.repeat(11)}`, '9'.repeat(28)], 'a number'],
    ['double', ['NaN', 'Infinity', '1e999', '1e', '.5', '', '1_000'], 'a number'],
    ['boolean', ['1', 'yes', 'TRUE', ''], 'true or false'],
  ])('%s does not take %j', (type, values, expected) => {
    for (const value of values) {
      const [problem] = problems(type, 'gte', value);
      expect([value, problem?.pointer]).toEqual([value, '?someField[gte]']);
      expect(problem?.detail).toContain(`${JSON.stringify(value)} is not ${expected}`);
    }
  });

  test('the first bad one of a list is shown, cut', () => {
    expect(problems('integer', 'in', '1', 'two', 'three')[0]!.detail).toBe('"two" is not a whole number');
    expect(problems('integer', 'eq', 'x'.repeat(1000))[0]!.detail.length).toBeLessThan(300);
  });

  test('a list holds at most 1000 values', () => {
    const values = Array.from({ length: 1000 }, (_, i) => String(i));
    expect(problems('integer', 'in', ...values)).toEqual([]);
    expect(problems('integer', 'in', ...values, '1')).toEqual([
      { pointer: '?someField[in]', detail: 'has 1001 values; at most 1000 are allowed' },
    ]);
  });

  test('isNull is true or false, whatever the type', () => {
    for (const value of ['true', 'false']) expect(problems('date', 'isNull', value)).toEqual([]);
    for (const value of ['', '1', 'TRUE', 'null', 'true\n'])
      expect(problems('date', 'isNull', value)).toEqual([
        { pointer: '?someField[isNull]', detail: 'must be true or false' },
      ]);
  });

  test('a pattern may not end in a lone backslash', () => {
    for (const pattern of ['\\', 'a\\', '%\\\\\\', '\n\\', '']) {
      expect([pattern, problems('text', 'like', pattern).length]).toEqual([pattern, pattern === '' ? 0 : 1]);
    }
    for (const pattern of ['\\\\', 'a\\%', 'a\\\\\\\\', '\\\\a']) expect(problems('text', 'like', pattern)).toEqual([]);
  });
});

describe('conditions', () => {
  test.each<[Operator, string]>([
    ['eq', 'q.some_field = cast(? as date)'],
    ['ne', 'q.some_field is distinct from cast(? as date)'],
    ['gt', 'q.some_field > cast(? as date)'],
    ['gte', 'q.some_field >= cast(? as date)'],
    ['lt', 'q.some_field < cast(? as date)'],
    ['lte', 'q.some_field <= cast(? as date)'],
  ])('%s compares with a bound value of the type', (operator, text) => {
    expect(condition('date', operator, '2024-01-31')).toEqual([text, '2024-01-31']);
  });

  test('a list is one bound array', () => {
    const [text, ...params] = condition('integer', 'in', '1', '2');
    expect(text).toMatch(/^q\.some_field in \(select cast\(l\.id as decimal\(38, 0\)\) from \(.*\?.*\) l\)$/);
    expect(params).toEqual(['["1","2"]']);
  });

  test.each([
    ['a%_', 'a%_'],
    ['\\%\\_', '^%^_'],
    ['a^b', 'a^^b'],
    ['\\^', '^^'],
    ['\\\\%', '\\%'],
    ['\\a', 'a'],
    ['\\\n', '\n'],
  ])('the pattern %j is bound, any case, with an escape that no literal changes', (asked, bound) => {
    expect(condition('text', 'like', asked)).toEqual([`q.some_field ilike ? escape '^'`, bound]);
  });

  test('isNull needs no value', () => {
    expect(condition('text', 'isNull', 'true')).toEqual(['q.some_field is null']);
    expect(condition('text', 'isNull', 'false')).toEqual(['q.some_field is not null']);
  });

  test.each<[WireType, string]>([
    ['text', '?'],
    ['json', '?'],
    ['date', 'cast(? as date)'],
    ['timestamp', 'cast(? as timestamp)'],
    ['integer', 'cast(? as decimal(38, 0))'],
    ['decimal', 'cast(? as decimal(38, 10))'],
    ['double', 'cast(? as double)'],
    ['boolean', 'cast(? as boolean)'],
  ])('a %s is bound as text and cast', (type, text) => {
    const { parts } = bindAs(type, 5);
    expect(parts.map((part) => (part.kind === 'text' ? part.text : '?')).join('')).toBe(text);
    expect(parts).toContainEqual({ kind: 'param', value: '5' });
  });
});
