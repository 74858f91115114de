import fc from '../../../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { lineIndex } from './line-index.ts';

test('every row has its line, marked one by one or in runs', () => {
  const step = fc.record({
    gap: fc.nat(3),
    height: fc.integer({ min: 1, max: 4 }),
    rows: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const index = lineIndex();
      const lines: number[] = [];
      let line = 1;
      for (const { gap, height, rows } of steps) {
        line += gap;
        if (height === 1) index.markRun(lines.length + 1, line, rows);
        for (let i = 0; i < rows; i++) {
          if (height > 1) index.mark(lines.length + 1, line);
          lines.push(line);
          line += height;
        }
      }
      expect(lines.map((_, i) => index.lineOf(i + 1))).toEqual(lines);
      expect([0, -1, 1.5, lines.length + 1].map(index.lineOf)).toEqual([undefined, undefined, undefined, undefined]);
    }),
  );
});

test('what does not fit has no line, and a line beyond 32 bits ends the index', () => {
  const index = lineIndex(2);
  [1, 2, 9, 10, 12, 20].forEach((line, i) => index.mark(i + 1, line));
  index.markRun(7, 30, 5);
  expect([1, 2, 3, 4, 5, 6, 7].map(index.lineOf)).toEqual([1, 2, 9, 10, undefined, undefined, undefined]);
  const long = lineIndex();
  long.mark(1, 2);
  long.mark(2, 3);
  long.mark(3, 2 ** 33);
  expect([1, 2, 3].map(long.lineOf)).toEqual([2, 3, undefined]);
});
