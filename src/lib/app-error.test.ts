import { describe, expect, test } from 'vitest';
import { AppError } from './app-error.ts';
import { ERRORS } from './error-catalog.ts';

describe('AppError', () => {
  test('takes its status from the catalog and keeps what it was given', () => {
    const cause = new Error('below');
    const errors = [{ pointer: '?limit', detail: 'must be at most 1000' }];
    const error = new AppError('warehouse.busy', 'come back', { cause, errors, headers: { 'retry-after': '1' } });
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'warehouse.busy',
      status: 503,
      detail: 'come back',
      message: 'warehouse.busy: come back',
      headers: { 'retry-after': '1' },
      errors,
      cause,
    });
  });

  test('has no cause, fields or headers unless given', () => {
    const error = new AppError('route.not_found', 'nothing here');
    expect(Object.hasOwn(error, 'cause')).toBe(false);
    expect([error.errors, error.headers]).toEqual([[], {}]);
  });
});

describe('the catalog of errors', () => {
  test.each(Object.entries(ERRORS))('%s has a status, a title and advice', (code, { status, title, hint }) => {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(status >= 400 && status < 600).toBe(true);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(hint).toMatch(/^[A-Z/].*\.$/);
  });
});
