import { assert, date, property } from '../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { dayOf, isCalendarDate } from './calendar.ts';

test.each(['2024-02-29', '0001-01-01', '9999-12-31', '2000-02-29'])('%s is a day', (text) => {
  expect(isCalendarDate(text)).toBe(true);
});

test.each([
  '2023-02-29',
  '1900-02-29',
  '2024-13-01',
  '2024-00-10',
  '2024-01-00',
  '2024-04-31',
  '0000-01-01',
  '24-01-01',
  '2024-1-1',
  '2024-01-01T00:00:00Z',
  ' 2024-01-01',
  '2024-01-01\n',
  '+02024-01-01',
  '٢٠٢٤-٠١-٠١',
  '',
])('%j is none', (text) => {
  expect(isCalendarDate(text)).toBe(false);
});

test('the day of every instant between the years 1 and 9999 is a day', () => {
  const years = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true };
  assert(property(date(years), (instant) => isCalendarDate(dayOf(instant))));
});

test('the day is that of UTC', () => {
  expect(dayOf(new Date('2024-03-01T00:30:00+02:00'))).toBe('2024-02-29');
});
