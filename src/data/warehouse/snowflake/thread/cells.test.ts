import { expect, test } from 'vitest';
import { decodersOf } from './cells.ts';

const column = (type: string, precision: number | null = null, scale: number | null = null) => ({
  getName: () => 'C',
  getType: () => type,
  getPrecision: () => precision,
  getScale: () => scale,
});

const read = (cell: string, ...of: Parameters<typeof column>) => decodersOf([column(...of)]).decoders[0]!(cell);

test.each<[string, Parameters<typeof column>, string, string]>([
  ['fixed', ['fixed', 38, 0], 'integer', 'NUMBER(38,0)'],
  ['a fixed of which nothing is told', ['fixed'], 'integer', 'NUMBER(38,0)'],
  ['fixed with a scale', ['fixed', 12, 2], 'decimal', 'NUMBER(12,2)'],
  ['real', ['real'], 'double', 'FLOAT'],
  ['text', ['text'], 'text', 'TEXT'],
  ['boolean', ['boolean'], 'boolean', 'BOOLEAN'],
  ['date', ['date'], 'date', 'DATE'],
  ['time', ['time', 0, 9], 'text', 'TIME(9)'],
  ['timestamp_ntz', ['timestamp_ntz', 0, 6], 'timestamp', 'TIMESTAMP_NTZ(6)'],
  ['timestamp_ltz', ['timestamp_ltz'], 'timestamp', 'TIMESTAMP_LTZ'],
  ['timestamp_tz', ['timestamp_tz', 0, 9], 'timestamp', 'TIMESTAMP_TZ(9)'],
  ['binary', ['binary'], 'text', 'BINARY'],
  ['variant', ['variant'], 'json', 'VARIANT'],
  ['object', ['object'], 'json', 'OBJECT'],
  ['array', ['array'], 'json', 'ARRAY'],
  ['map', ['map'], 'json', 'VARIANT'],
  ['what is not known', ['geography'], 'text', 'GEOGRAPHY'],
  ['what every object has', ['constructor'], 'text', 'CONSTRUCTOR'],
])('the type of %s', (_, of, type, engineType) => {
  expect(decodersOf([column(...of)]).schema).toEqual([{ name: 'C', type, engineType }]);
});

test('integers are numbers while they are safe', () => {
  expect(read('-42', 'fixed', 38, 0)).toBe(-42);
  expect(read('9007199254740991', 'fixed', 38, 0)).toBe(9_007_199_254_740_991);
  expect(read('9007199254740993', 'fixed', 38, 0)).toBe('9007199254740993');
  expect(read('-99999999999999999999999999999999999999', 'fixed', 38, 0)).toBe(
    '-99999999999999999999999999999999999999',
  );
});

test('decimals are numbers unless digits would be lost', () => {
  expect(read('12.34', 'fixed', 12, 2)).toBe(12.34);
  expect(read('-0.5000000000000000000', 'fixed', 30, 19)).toBe(-0.5);
  expect(read('0.1234567890123456789', 'fixed', 30, 19)).toBe('0.1234567890123456789');
  expect(read('-0.1234567890123456789', 'fixed', 30, 19)).toBe('-0.1234567890123456789');
  expect(read('90071992547409931.10', 'fixed', 38, 2)).toBe('90071992547409931.10');
  expect(read('1234567890123456', 'fixed', 38, 2)).toBe(1_234_567_890_123_456);
  expect(read('12345678901234567', 'fixed', 38, 2)).toBe('12345678901234567.00');
});

test('doubles without a JSON are null', () => {
  expect(['1.5e-3', 'NaN', 'inf', '-inf', '0'].map((cell) => read(cell, 'real'))).toEqual([
    0.0015,
    null,
    null,
    null,
    0,
  ]);
});

test('dates and times', () => {
  expect(read('19782', 'date')).toBe('2024-02-29');
  expect(read('-1', 'date')).toBe('1969-12-31');
  expect(read('2932897', 'date')).toBe('10000-01-01');
  expect(read('45296.789000000', 'time', 0, 9)).toBe('12:34:56.789');
  expect(read('0', 'time', 0, 0)).toBe('00:00:00');
});

test('timestamps', () => {
  expect(read('1709210096.789000000', 'timestamp_ntz', 0, 9)).toBe('2024-02-29T12:34:56.789Z');
  expect(read('1709210096.123456789', 'timestamp_ltz', 0, 9)).toBe('2024-02-29T12:34:56.123456789Z');
  expect(read('1709210096.000000000 1500', 'timestamp_tz', 0, 9)).toBe('2024-02-29T12:34:56Z');
  expect(read('-1.500000000', 'timestamp_ntz', 0, 9)).toBe('1969-12-31T23:59:58.5Z');
  expect(read('-0.000000001', 'timestamp_ntz', 0, 9)).toBe('1969-12-31T23:59:59.999999999Z');
  expect(read('253402300800.000000000', 'timestamp_ntz', 0, 9)).toBe('10000-01-01T00:00:00Z');
  expect(read('-62135596800.1', 'timestamp_ntz', 0, 1)).toBe('0001-12-31 (BC)T23:59:59.9Z');
});

test('JSON is parsed and never run', () => {
  expect(read('{"a":[1,null]}', 'variant')).toEqual({ a: [1, null] });
  expect(read('12345678901234567890', 'variant')).toBe(JSON.parse('12345678901234567890'));
  for (const cell of ['undefined', '(globalThis.PWNED=1)', '<a/>', '', '{"a":NaN}'])
    expect(read(cell, 'object')).toBe(cell);
  expect('PWNED' in globalThis).toBe(false);
});

test('booleans and binary', () => {
  expect(['1', '0', 'TRUE', 'false'].map((cell) => read(cell, 'boolean'))).toEqual([true, false, true, false]);
  expect(read('48656C', 'binary')).toBe('48656C');
});
