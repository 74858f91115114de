import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ids = async (query: string) => {
  const { status, text, json } = await world.get(`/v1/customers?${query}`);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return json.data.map(({ customerId }) => customerId).join(' ');
};

test('a customer with all that is known, attributes in one object', async () => {
  expect((await world.get('/v1/customers?limit=1')).json.data).toEqual([
    {
      customerId: 'C1',
      customerName: 'Ann Able',
      customerType: 'business',
      region: 'north',
      registrationDate: '2020-01-01',
      status: 'active',
      attributes: { tier: 'gold', score: 1.5, is_vip: true, seen: null },
    },
  ]);
});

test.each([
  ['region=north', 'C1 C2'],
  ['region=', 'C4'],
  ['region[ne]=north', 'C3 C4 C5'],
  ['customerType[ne]=business', 'C2 C3 C5'],
  ['customerName[isNull]=true', 'C4'],
  ['customerName[isNull]=false&region[in]=north,', 'C1 C2'],
  ['customerName[like]=%25b%25', 'C1 C2'],
  ['customerName[like]=d_ra', 'C5'],
  ['customerName=Bo "B" Baker', 'C2'],
  ['registrationDate[gte]=2021-05-05', 'C2 C3'],
  ['registrationDate[lt]=2021-05-05', 'C1'],
  ['attributes.score[gt]=-2', 'C1 C4'],
  ['attributes.is_vip=false', 'C3'],
  ['attributes.tier[in]=gold&attributes.tier[in]=silver', 'C1 C2 C4'],
  ['q=çELIK', 'C3'],
  ['q=c4', 'C4'],
  ['q=able&region=south', ''],
  ['sort=-registrationDate', 'C3 C2 C1 C4 C5'],
  ['sort=region,-customerId', 'C4 C2 C1 C5 C3'],
  ['sort=-attributes.is_vip', 'C1 C3 C2 C4 C5'],
])('%s gives %s', async (query, expected) => {
  expect(await ids(query)).toBe(expected);
});

test('only the fields that are asked for', async () => {
  const { json } = await world.get('/v1/customers?fields=attributes.tier,region&limit=1');
  expect(json.data).toEqual([{ region: 'north', attributes: { tier: 'gold' } }]);
  expect(json.meta['columns']).toEqual([
    { name: 'attributes.tier', type: 'text' },
    { name: 'region', type: 'text' },
  ]);
});
