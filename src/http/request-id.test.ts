import { expect, test } from 'vitest';
import { requestIdOf } from './request-id.ts';

test('the header holds the id that is used', () => {
  const headers: Record<string, string> = {};
  const id = requestIdOf({ headers });
  expect(headers).toEqual({ 'x-request-id': id });
  expect(requestIdOf({ headers })).toBe(id);
});
