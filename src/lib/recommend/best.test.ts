import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestOf, offer, sortBest } from './best.ts';

test('keeps what sorting all would put first, ties by the lower item, also when used again', () => {
  fc.assert(
    fc.property(
      fc.nat(9),
      fc.array(fc.uniqueArray(fc.nat(50)).chain((items) => fc.tuple(fc.constant(items), scoresOf(items.length)))),
      (size, rounds) => {
        const best = bestOf(size);
        for (const [items, scores] of rounds) {
          best.count = 0;
          items.forEach((item, i) => offer(best, item, scores[i]!));
          sortBest(best);
          const all = items.map((item, i) => [item, scores[i]!]).toSorted((a, b) => b[1]! - a[1]! || a[0]! - b[0]!);
          const kept = Array.from({ length: best.count }, (_, i) => [best.items[i], best.scores[i]]);
          expect(kept).toEqual(all.slice(0, size));
        }
      },
    ),
  );
});

function scoresOf(length: number) {
  return fc.array(fc.integer({ min: -3, max: 3 }), { minLength: length, maxLength: length });
}
