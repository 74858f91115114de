import { expect, test } from 'vitest';
import { matrixOfRows } from '../../../../test/matrix-of-rows.ts';
import { explainer } from './reasons.ts';

const products = ['a', 'b', 'c', 'd', 'e'];
const given = Float64Array.of(0.5, 0.25, 0.25, 0.5, 0);
/** What gives to the score of e; 40 customers have a and d, one of them e. */
async function explained(owned: readonly number[], score: number) {
  const many = Array.from({ length: 39 }, () => [0, 3]);
  const held = await matrixOfRows([...many, [0, 3, 4], [1], [1, 2]], products.length);
  const named = (id: string) =>
    id === 'd'
      ? undefined
      : { productName: id === 'b' ? null : `the ${id}`, productCategory: null, productType: null, productStatus: null };
  return explainer({ item: 4, given }, { products, held }, named)(Uint32Array.from(owned), score);
}

test('the three that give most, then by number; shares of the score; ids where there is no name', async () => {
  expect(await explained([0, 1, 2, 3], 1.5)).toEqual({
    because: [
      { productId: 'a', productName: 'the a', weight: 0.5, share: 0.5 / 1.5 },
      { productId: 'd', productName: null, weight: 0.5, share: 0.5 / 1.5 },
      { productId: 'b', productName: null, weight: 0.25, share: 0.25 / 1.5 },
    ],
    customersAlike: 40,
    ownedShare: 1 / 40,
    reason: 'owned by 2.5 % of the 40 customers who have the a and d',
  });
});

test('shares of nobody, and of those of whom nobody has the product', async () => {
  expect(await explained([1, 3], 0.75)).toMatchObject({ customersAlike: 0, ownedShare: null, reason: null });
  expect(await explained([2], 0.25)).toMatchObject({
    because: [{ productId: 'c', share: 1 }],
    customersAlike: 1,
    reason: 'owned by 0 % of the 1 customers who have the c',
  });
});
