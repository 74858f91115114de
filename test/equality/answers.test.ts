import { expect, test } from 'vitest';
import { ANALYSES } from '../../src/features/index.ts';
import { comparable, type Answer } from './answers.ts';

const unordered = ANALYSES.find(({ listing }) => listing === undefined)!;
const columns = [
  { name: 'id', type: 'text' },
  { name: 'amount', type: 'decimal' },
  { name: 'rate', type: 'double' },
];
const answer = (...data: Answer['data']): Answer => ({ data, meta: { columns } });
const areAlike = (ours: Answer, theirs: Answer) => {
  const [first, second] = comparable(unordered, ours, theirs);
  expect(second).toEqual(first);
};

test('doubles may differ by a billionth of their size, rows in their order; nothing else may', () => {
  const [a, b] = [
    { id: 'a', amount: 0.1, rate: 1 / 3 },
    { id: 'b', amount: 0.3, rate: 1e-12 },
  ];
  areAlike(answer(a, b), answer({ ...b, rate: 1e-12 + 1e-22 }, { ...a, rate: 0.3333333333 }));
  for (const other of [{ ...a, rate: 0.33333333 }, { ...a, rate: null }, { ...a, amount: 0.1 + 1e-12 }, { id: 'a' }])
    expect(() => areAlike(answer(a), answer(other))).toThrow();
  expect(() => areAlike(answer({ ...b, rate: 0 }), answer(b))).toThrow();
  expect(() => areAlike(answer(a, b), answer(a))).toThrow();
});
