import { describe, expect, it } from 'vitest';
import { CATEGORIES } from './categories.ts';
import { dirtyProducts, makeProducts, pairProducts } from './products.ts';
import { PAIRS } from './world.ts';

describe('makeProducts', () => {
  const products = makeProducts(500, 1);

  it('makes as many as asked, with ids in order and names of their own', () => {
    expect(products.map((product) => product.id)).toEqual(
      Array.from({ length: 500 }, (_, i) => `P${String(i + 1).padStart(5, '0')}`),
    );
    expect(new Set(products.map((product) => product.name)).size).toBe(500);
  });

  it('fills every category, with popularity that falls and has a long tail', () => {
    for (const category of CATEGORIES.keys()) {
      const members = products.filter((product) => product.category === category && product.weight > 0);
      const weights = members.map((product) => product.weight).toSorted((a, b) => b - a);
      expect(members.length).toBeGreaterThan(10);
      expect(weights[0]! / weights.at(-1)!).toBeCloseTo((members.length + 4) / 5);
    }
  });

  it('puts an early product of the same category in for a late one', () => {
    const late = products.filter((product) => product.launchDay >= 0);
    expect(late.length).toBeGreaterThan(50);
    for (const product of late) {
      const substitute = products[product.substitute - 1]!;
      expect(substitute.launchDay).toBeLessThan(0);
      expect(substitute.category).toBe(product.category);
    }
    for (const product of products.filter((each) => each.launchDay < 0)) expect(product.substitute).toBe(product.no);
  });

  it('keeps two early goods for each planted pair out of the ordinary choice', () => {
    const planted = pairProducts(products);
    expect(planted.length).toBe(2 * PAIRS.length);
    for (const product of planted) {
      expect(product).toMatchObject({ weight: 0, isPlan: false });
      expect(product.launchDay).toBeLessThan(0);
    }
  });

  it('knows its dirty products', () => {
    const { unusual_product_status: keys } = dirtyProducts(products);
    expect(keys.length).toBe(5);
    const statuses = new Set(products.filter((product) => !keys.includes(product.id)).map((product) => product.status));
    expect(statuses).toEqual(new Set(['active', 'discontinued']));
  });

  it('is the same for the same seed and another for another', () => {
    expect(makeProducts(500, 1)).toEqual(products);
    expect(makeProducts(500, 2)).not.toEqual(products);
  });
});
