import { expect, test } from 'vitest';
import { tenant } from './tenant.ts';

test.each(['default', 'a', 'acme-2', `a${'b'.repeat(62)}`, 'x_y'])('%s can be a tenant', (id) => {
  expect(tenant(id).id).toBe(id);
  expect(Object.isFrozen(tenant(id))).toBe(true);
});

test.each(['', 'A', '1a', '-a', 'a b', 'a/b', '../a', 'a.b', 'ä', 'a"', `a${'b'.repeat(63)}`, 'a\n'])(
  '%j cannot: it becomes part of file and schema names',
  (id) => {
    expect(() => tenant(id)).toThrow(RangeError);
  },
);
