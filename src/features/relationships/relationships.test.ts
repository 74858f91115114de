import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ids = async (query: string) =>
  (await world.get(`/v1/relationships?${query}`)).json.data.map(({ relationshipId }) => relationshipId).join(' ');

test('a relationship with all that is known, and what its value says', async () => {
  const { json } = await world.get('/v1/relationships?relationshipId[in]=R02,R11');
  expect(json.data).toEqual([
    {
      relationshipId: 'R02',
      customerId: 'C1',
      productId: 'P1',
      relationshipType: 'subscription',
      startDate: '2024-01-01',
      endDate: null,
      value: 5,
      valueKind: 'monthly',
      attributes: { channel: 'shop' },
    },
    {
      relationshipId: 'R11',
      customerId: 'C4',
      productId: 'PX',
      relationshipType: 'purchase',
      startDate: '2024-02-02',
      endDate: null,
      value: null,
      valueKind: 'once',
      attributes: { channel: null },
    },
  ]);
});

test.each([
  ['valueKind=monthly', 'R02 R04'],
  ['relationshipType[isNull]=true', 'R12'],
  ['value[gte]=13&sort=-value', 'R04 R05 R10 R09'],
  ['value=0.01', 'R12'],
  ['value[isNull]=true', 'R11'],
  ['startDate[isNull]=true', 'R08'],
  ['endDate[lte]=2024-05-05', 'R04 R09 R10'],
  ['customerId=C2', 'R05 R06'],
  ['attributes.channel[ne]=web&customerId=C1', 'R02 R03 R04'],
])('%s gives %s', async (query, expected) => {
  expect(await ids(query)).toBe(expected);
});
