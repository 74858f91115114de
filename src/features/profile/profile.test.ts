import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedWarehouse } from '../../../test/shared-warehouse.ts';
import { openWorld, type World } from '../../../test/world.ts';
import { TINY, WORLD_DAY, type Stored } from '../../../test/world-rows.ts';
import { profileAnalyses } from './routes.ts';
import { SECTIONS } from './sections.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ analyses: profileAnalyses, settings: { SNAPSHOT_MAX_ROWS: 0 } });
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const profile = async (id: string, query = '') => {
  const { status, json, text } = await world.get(`/v1/customers/${id}/profile?asOf=${WORLD_DAY}${query}`);
  expect([status, text]).toEqual([200, expect.anything()]);
  return json.data[0]!;
};
const profiles = (body: object) => world.post('/v1/customers/profiles', { asOf: WORLD_DAY, ...body });
/** Sections of a row that are not null. */
const told = (row: Readonly<Record<string, unknown>>) => SECTIONS.filter((name) => row[name] !== null);

describe('a profile', () => {
  test('has every section', async () => {
    expect(await profile('C1')).toEqual({
      customerId: 'C1',
      attributes: {
        customerName: 'Ann Able',
        customerType: 'business',
        region: 'north',
        registrationDate: '2020-01-01',
        status: 'active',
        attributes: { tier: 'gold', score: 1.5, is_vip: true, seen: null },
      },
      holdings: [
        {
          category: 'tools',
          active: 2,
          ever: 2,
          products: [
            {
              productId: 'P1',
              productName: 'Alpha',
              firstStart: '2023-01-01',
              lastStart: '2024-01-01',
              isActive: true,
            },
            { productId: 'P2', productName: 'Beta', firstStart: '2024-06-01', lastStart: '2024-06-01', isActive: true },
          ],
        },
        {
          category: 'toys',
          active: 0,
          ever: 1,
          products: [
            {
              productId: 'P3',
              productName: 'Gamma',
              firstStart: '2022-01-01',
              lastStart: '2022-01-01',
              isActive: false,
            },
          ],
        },
      ],
      // Four years of which one is leap to 2024, then 152 days to June, and 14.
      tenure: { daysSinceRegistration: 1461 + 166, daysSinceFirstStart: 730 + 166 },
      activity: { firstStart: '2022-01-01', lastStart: '2024-06-01', recencyDays: 14 },
      // 10 + 7.25 once, 5 for 5 months and 15 of 30 days, 100 for 12 months.
      value: {
        value: 1244.75,
        value12Months: 34.75,
        valueMonthly: 5,
        rank: 1,
        rankInType: 1,
        rankInRegion: 1,
        percentile: 1,
        percentileInType: 1,
        percentileInRegion: 1,
      },
      // Second of four by recency, first by the others.
      rfm: { recencyScore: 4, frequencyScore: 5, monetaryScore: 5, segment: 'champions' },
      // With 97 % of all value the limits of A and B are crossed.
      lifecycle: { stage: 'returning', tier: 'C' },
      alike: [],
      warnings: { startsLater: 0, endsBeforeStart: 0, withoutStart: 0, unknownProducts: 0 },
    });
  });

  test('counts what is in no figure', async () => {
    const { holdings, activity, warnings } = await profile('C3');
    expect(warnings).toEqual({ startsLater: 1, endsBeforeStart: 1, withoutStart: 1, unknownProducts: 0 });
    // What ends as it starts has been, and is on no day.
    const ended = {
      productId: 'P4',
      productName: 'Delta',
      firstStart: '2024-05-05',
      lastStart: '2024-05-05',
      isActive: false,
    };
    expect(holdings).toEqual([{ category: null, active: 0, ever: 1, products: [ended] }]);
    expect(activity).toEqual({ firstStart: '2024-05-05', lastStart: '2024-05-05', recencyDays: 41 });
  });

  test('has products without a row in no category', async () => {
    const { holdings, tenure, warnings } = await profile('C4');
    expect(warnings).toMatchObject({ unknownProducts: 1 });
    expect(holdings).toMatchObject([{ category: null, active: 1, products: [{ productId: 'PX', productName: null }] }]);
    expect(tenure).toEqual({ daysSinceRegistration: null, daysSinceFirstStart: 134 });
  });

  test('of a customer without relationships is empty, not missing', async () => {
    expect(await profile('C5')).toMatchObject({
      holdings: [],
      tenure: { daysSinceRegistration: null, daysSinceFirstStart: null },
      activity: { firstStart: null, lastStart: null, recencyDays: null },
      value: { value: 0, value12Months: 0, valueMonthly: 0, rank: 4, percentile: 0.4 },
      rfm: { recencyScore: null, frequencyScore: null, monetaryScore: null, segment: 'none' },
      lifecycle: { stage: 'none', tier: 'C' },
      alike: [],
      warnings: { startsLater: 0, endsBeforeStart: 0, withoutStart: 0, unknownProducts: 0 },
    });
  });

  test('of a day before the registration has no tenure', async () => {
    const { json } = await world.get('/v1/customers/C1/profile?asOf=2019-12-31&include=tenure,activity');
    expect(json.data[0]).toMatchObject({
      tenure: { daysSinceRegistration: null, daysSinceFirstStart: null },
      activity: { firstStart: null },
    });
  });

  test('of nobody is a 404, also where relationships name the customer', async () => {
    for (const id of ['nobody', 'CX']) {
      const { status, problem } = await world.get(`/v1/customers/${id}/profile`);
      expect([status, problem.code]).toEqual([404, 'customer.not_found']);
    }
  });

  test('takes the definitions of the facts', async () => {
    expect((await profile('C1', '&include=lifecycle&newDays=1000'))['lifecycle']).toMatchObject({ stage: 'new' });
    const { status, problem } = await world.get('/v1/customers/C1/profile?tierA=0.9&tierB=0.8');
    expect([status, problem.code]).toEqual([400, 'request.invalid']);
  });

  test('refuses a day to come and a section that there is none of', async () => {
    expect((await world.get('/v1/customers/C1/profile?asOf=2030-01-01')).status).toBe(400);
    const { status, text } = await world.get('/v1/customers/C1/profile?include=value,hats');
    expect(status).toBe(400);
    expect(text).toContain('lifecycle');
  });
});

describe('include', () => {
  test('leaves the other sections out, in an address and in a body', async () => {
    expect(told(await profile('C1', '&include=rfm,attributes'))).toEqual(['attributes', 'rfm']);
    const { json } = await world.post('/v1/analyses/profile.customer', { customerId: 'C1', include: ['warnings'] });
    expect(told(json.data[0]!)).toEqual(['warnings']);
  });

  test.each([
    ['attributes', 1],
    ['value', 1],
    ['rfm,lifecycle', 1],
    ['holdings', 2],
    ['tenure,activity,warnings,value', 2],
    ['alike', 2],
  ])('%s takes %i statements', async (include, statements) => {
    await profile('C2', '&include=lifecycle');
    world.ran.length = 0;
    await profile('C1', `&include=${include}&explain=true`);
    expect(world.ran.length).toBe(statements);
  });
});

test('on an account a profile takes three statements', async () => {
  const { wrap } = sharedWarehouse();
  const account = await openWorld({
    analyses: profileAnalyses,
    settings: { SNAPSHOT_MAX_ROWS: 0 },
    wrap: (warehouse) => {
      const { keep: _, ...rest } = wrap(warehouse);
      return rest;
    },
  });
  try {
    const { json } = await account.get(`/v1/customers/C1/profile?asOf=${WORLD_DAY}`);
    const asked = account.ran.filter(({ text }) => !text.includes('SYSTEM$LAST_CHANGE_COMMIT_TIME'));
    expect(asked.length).toBe(3);
    expect(json.data[0]).toEqual(await profile('C1'));
  } finally {
    await account.close();
  }
});

describe('profiles of many', () => {
  test('are those of each, in the order in which they are named, once', async () => {
    const { json } = await profiles({ customerIds: ['C3', 'C1', 'C3'] });
    const each = await Promise.all(['C3', 'C1'].map((id) => profile(id)));
    expect(json.data).toEqual(each.map((row) => ({ ...row, alike: null })));
    expect(json.meta.warnings).toEqual([]);
  });

  test('name ids that do not exist', async () => {
    const { json } = await profiles({ customerIds: ['C1', 'CX', 'no"body'], include: ['attributes'] });
    expect(json.data.map(({ customerId }) => customerId)).toEqual(['C1']);
    expect(json.meta.warnings).toEqual(['there are no customers "CX", "no\\"body"']);
    const many = Array.from({ length: 1_000 }, (_, i) => `X${i}`);
    const [first, second] = (await profiles({ customerIds: many })).json.meta.warnings;
    expect(first).toMatch(/^there are no customers ("X\d+", ){20}…$/);
    expect(second).toBe('none of the customers exists');
  });

  test('are at most 1,000, and 50 with those most alike', async () => {
    const named = (count: number) => Array.from({ length: count }, (_, i) => `C${i}`);
    expect((await profiles({ customerIds: named(1_001) })).status).toBe(400);
    expect((await profiles({ customerIds: [] })).status).toBe(400);
    const { status, problem } = await profiles({ customerIds: named(51), include: ['alike'] });
    expect([status, problem.errors![0]!.pointer]).toEqual([400, '/customerIds']);
    const { json } = await profiles({ customerIds: named(50), include: ['alike'] });
    expect(json.data.map(told)).toEqual(Array(5).fill(['alike']));
  });
});

test('customers most alike share two products at least', async () => {
  const held = (customer: string, products: string) =>
    products.split('').map((letter, i): Stored => ({
      relationship_id: `${customer}${i}`,
      customer_id: customer,
      product_id: `P${letter}`,
      start_date: '2024-01-01',
    }));
  const more = [...held('C2', '12'), ...held('C4', '1234'), ...held('C5', '123'), ...held('C3', '2')];
  await world.refill({ ...TINY, customer_products: more });
  expect((await profile('C2', '&include=alike'))['alike']).toEqual([
    { customerId: 'C5', common: 2, unionSize: 3, jaccard: 2 / 3 },
    { customerId: 'C4', common: 2, unionSize: 4, jaccard: 0.5 },
  ]);
  await world.refill(TINY);
});
