import { describe, expect, test } from 'vitest';
import { addDays, daysBetween, monthsBefore, periodBefore, periodOf } from './period.ts';

describe('periodOf', () => {
  test('is the twelve months up to and including asOf', () => {
    expect(periodOf({}, '2026-09-30')).toEqual({ from: '2025-10-01', to: '2026-10-01' });
    expect(periodOf({ to: '2026-02-01' }, '2026-09-30')).toEqual({ from: '2025-02-01', to: '2026-02-01' });
    expect(periodOf({ from: '2026-01-01' }, '2026-09-30')).toEqual({ from: '2026-01-01', to: '2026-10-01' });
  });

  test('refuses one without a day, and one that ends after asOf', () => {
    expect(() => periodOf({ from: '2026-01-02', to: '2026-01-02' }, '2026-09-30')).toThrow(/must be before/);
    expect(() => periodOf({ to: '2026-10-02' }, '2026-09-30')).toThrow(/at most 2026-10-01/);
  });
});

describe('periodBefore', () => {
  test.each([
    ['2025-10-01', '2026-10-01', '2024-10-01'],
    ['2024-02-01', '2024-03-01', '2024-01-01'],
    ['2024-02-10', '2024-02-20', '2024-01-31'],
  ])('%s to %s begins at %s', (from, to, expected) => {
    expect(periodBefore({ from, to })).toEqual({ from: expected, to: from });
  });
});

test('days and months', () => {
  expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
  expect(monthsBefore('2024-03-31', 1)).toBe('2024-02-29');
  expect(monthsBefore('2024-01-15', 13)).toBe('2022-12-15');
});
