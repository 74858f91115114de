import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Ownership } from '../../src/analysis/snapshot/held-on.ts';
import { ownershipSnapshot } from '../../src/analysis/snapshot/snapshot.ts';
import { prepare } from '../../src/analysis/prepare.ts';
import { openSession, runContext } from '../../src/analysis/session.ts';
import { holdings } from '../../src/features/cross-sell/campaign/holdings.ts';
import { campaignAnalysis } from '../../src/features/cross-sell/campaign/routes.ts';
import { array, assert, asyncProperty, constantFrom, integer, option, record } from '../fast-check.ts';
import { openWorld, type World } from '../world.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { RUNS } from './list-questions.ts';
import { naiveCampaign, type CampaignQuestion } from './naive-campaign.ts';
import type { NaiveModel } from './naive-recommendations.ts';
import { takeWrite } from './random-writes.ts';

let world: World;
beforeAll(async () => (world = await openWorld()));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

/** Some whose order by UTF-16 unit is not that by code point; the last of each have no row of their own. */
const CUSTOMERS = ['C0', 'C1', 'C10', 'C2', 'é', '\uffff', '😀', 'CX'];
const PRODUCTS = ['P0', 'P1', 'P2', '\uffffP', '😀P', 'PX'];
const relationship = record({
  customer_id: constantFrom(...CUSTOMERS),
  product_id: constantFrom(...PRODUCTS),
  start_date: constantFrom(null, '2023-06-01', '2024-01-01', '2024-03-01', '2024-05-15'),
  end_date: constantFrom(null, null, null, '2023-01-31', '2024-03-15', '2024-05-15'),
});
const stored = array(relationship, { minLength: 10, maxLength: 50, size: 'max' });
const write = record({
  verb: constantFrom('create', 'replace', 'delete'),
  number: integer({ min: 0, max: 60 }),
  row: record({
    customer_id: constantFrom(...CUSTOMERS.slice(0, -1)),
    product_id: constantFrom(...PRODUCTS.slice(0, -1)),
    start_date: constantFrom('2024-01-01', '2024-05-15'),
    end_date: constantFrom(null, '2024-06-16'),
  }),
});
const question = record({
  productId: constantFrom(...PRODUCTS.slice(0, -1)),
  // Before the newest start, so that what is learned is learned anew for each world.
  asOf: constantFrom('2024-03-15', '2024-06-01'),
  repeat: constantFrom(false, true),
  capacity: constantFrom(1, 2, 3, 100),
  per: constantFrom('none' as const, 'region' as const),
  capacityPer: option(constantFrom(1, 2)),
  minScore: constantFrom(0, 0, 0.5),
  region: option(constantFrom('north', 'south')),
}).map(({ capacityPer, region, ...rest }): CampaignQuestion => ({
  ...rest,
  ...(capacityPer === null || rest.per === 'none' ? {} : { capacityPer }),
  ...(region === null ? {} : { region }),
}));

const worldOf = (relationships: readonly Stored[]): WorldRows => ({
  customers: CUSTOMERS.slice(0, -1).map((customer_id, i) => ({
    customer_id,
    customer_name: i % 2 === 0 ? null : `name of ${customer_id}`,
    region: [null, 'north', 'south', 'south'][i % 4]!,
  })),
  products: PRODUCTS.slice(0, -1).map((product_id, i) => ({ product_id, status: ['active', null, 'retired'][i % 3]! })),
  customer_products: [
    ...relationships,
    { relationship_id: 'late', customer_id: 'CX', product_id: 'PX', start_date: '2024-06-14', end_date: null },
  ],
});

async function filled(rows: WorldRows): Promise<void> {
  await world.refill(rows);
  const session = openSession(world.engine, world.owner, 'heavy', new AbortController().signal);
  await vi.waitUntil(() => session.standing(ownershipSnapshot), { interval: 1, timeout: 30_000 });
}

async function answer({ region, ...params }: CampaignQuestion) {
  const only = region === undefined ? {} : { customer: { region } };
  const reply = await world.post('/v1/analyses/cross-sell.campaign', { ...params, ...only });
  expect([params, reply.status, reply.text]).toEqual([params, 200, expect.anything()]);
  return reply.json;
}

/** The model as it is named. */
function modelSaid(warnings: readonly string[]): NaiveModel {
  const [, name, alpha, beta] =
    /(?:ranked|served) by (cosine|rp3beta)(?: \(alpha ([\d.]+), beta ([\d.]+)\))?/.exec(warnings.join('\n')) ?? [];
  return { name: name!, alpha: Number(alpha), beta: Number(beta) };
}

test('who is listed, where, and why is that of a loop, also after writes', async () => {
  const rounds = array(
    record({ writes: array(write, { maxLength: 3 }), questions: array(question, { minLength: 3, maxLength: 5 }) }),
    { minLength: 1, maxLength: 3 },
  );
  let listed = 0;
  await assert(
    asyncProperty(stored, rounds, async (relationships, list) => {
      const rows = new Map(relationships.map((row, i) => [`R${i}`, { relationship_id: `R${i}`, ...row } as Stored]));
      const before = worldOf([...rows.values()]);
      await filled(before);
      for (const { writes, questions } of list) {
        for (const one of writes) await takeWrite(world, rows, one);
        const now = worldOf([...rows.values()]);
        for (const one of questions) {
          const { data, meta } = await answer(one);
          const expected = naiveCampaign(now, one, { rows: before, model: modelSaid(meta.warnings) });
          const near = (value: number) => expect.closeTo(value, 6) as number;
          expect(data).toMatchObject(
            expected.map((row) => ({
              ...row,
              score: near(row.score),
              because: row.because.map((reason) => ({ ...reason, weight: near(reason.weight) })),
            })),
          );
          expect(data).toHaveLength(expected.length);
          listed += data.length;
        }
      }
    }),
    RUNS,
  );
  expect(listed).toBeGreaterThan(0);
}, 240_000);

test('what customers have is the same from memory and by a statement', async () => {
  const asked = record({
    ownership: constantFrom<Ownership[]>('active', 'ever'),
    asOf: constantFrom('2024-03-15', '2024-06-01'),
  });
  const { signal } = new AbortController();
  await assert(
    asyncProperty(stored, array(write, { maxLength: 3 }), asked, async (relationships, writes, { ownership, asOf }) => {
      const rows = new Map(relationships.map((row, i) => [`R${i}`, { relationship_id: `R${i}`, ...row } as Stored]));
      await filled(worldOf([...rows.values()]));
      for (const one of writes) await takeWrite(world, rows, one);
      const params = { productId: 'P0', asOf };
      const prepared = await prepare(
        world.engine,
        {
          analysis: campaignAnalysis,
          tenant: world.owner,
          params,
          listing: undefined,
          isExplained: false,
          requestId: '',
        },
        signal,
      );
      const context = runContext(world.engine, prepared, openSession(world.engine, world.owner, 'heavy', signal));
      const pairsOf = ({ customers, products, matrix }: Awaited<ReturnType<typeof holdings>>) =>
        customers.flatMap((customer, row) =>
          Array.from(matrix.items.subarray(matrix.rowOffsets[row]!, matrix.rowOffsets[row + 1]!), (item) => [
            customer,
            products[item],
          ]),
        );
      const inMemory = pairsOf(await holdings(ownership, PRODUCTS, context));
      const read = pairsOf(await holdings(ownership, PRODUCTS, { ...context, standing: () => undefined }));
      expect(read).toEqual(inMemory);
    }),
    RUNS,
  );
}, 120_000);
