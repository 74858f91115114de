import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('a product with all that is known', async () => {
  const { json } = await world.get('/v1/products?productId=P3');
  expect(json.data).toEqual([
    {
      productId: 'P3',
      productName: 'Gamma',
      productCategory: 'toys',
      productType: null,
      launchDate: null,
      status: 'discontinued',
      attributes: { weight: 0.001 },
    },
  ]);
});

test.each([
  ['q=a', ['P1', 'P2', 'P3', 'P4', 'P5']],
  ['q=BETA', ['P2']],
  ['q=p4', ['P4']],
  ['attributes.weight=0.001', ['P3']],
  ['attributes.weight[gte]=0.0011', ['P1']],
  ['productCategory[isNull]=true', ['P4']],
  ['launchDate[in]=2019-01-01,2019-06-01&sort=-launchDate', ['P2', 'P1']],
])('%s gives %j', async (query, expected) => {
  expect((await world.get(`/v1/products?${query}`)).json.data.map(({ productId }) => productId)).toEqual(expected);
});
