import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';
import { TINY, type Stored } from '../../../test/world-rows.ts';
import { derivationContext } from '../build.ts';
import type { Settings } from '../../config/settings.ts';
import { dayText } from '../../lib/calendar.ts';
import { ownershipSnapshot } from './snapshot.ts';
import { numberOf } from '../../lib/sorted-ids.ts';
import { endDay, OPEN, type Snapshot } from './shape.ts';

// That look-ups from it equal those of SQL is tested on random worlds in test/oracle/.
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** What the entries of a customer say. */
function heldBy(snapshot: Snapshot, customerId: string) {
  const c = numberOf(snapshot.customers, customerId);
  if (c < 0) return [];
  const count = snapshot.offsets[c + 1]! - snapshot.offsets[c]!;
  return Array.from({ length: count }, (_, i) => {
    const entry = snapshot.offsets[c]! + i;
    const type = snapshot.type[entry]!;
    return {
      productId: snapshot.products[snapshot.product[entry]!]!,
      relationshipType: snapshot.types[type]!,
      startDate: dayText(snapshot.start[entry]!),
      endDate: snapshot.end[entry] === OPEN ? null : dayText(endDay(snapshot.end[entry]!)),
      value: snapshot.cents[entry]! / 100,
      valueKind: snapshot.isMonthly[type] ? 'monthly' : 'once',
    };
  });
}

async function snapshotOf(relationships: readonly Stored[], settings: Partial<Settings> = {}) {
  await world.refill({ ...TINY, customer_products: relationships });
  const engine = { ...world.engine, settings: { ...world.engine.settings, ...settings } };
  return ownershipSnapshot.build(derivationContext(engine, world.owner, ownershipSnapshot), undefined);
}
const held = (id: number, customer_id: string, more: Stored = {}): Stored => ({
  relationship_id: `R${id}`,
  customer_id,
  product_id: 'P1',
  relationship_type: 'purchase',
  start_date: '2024-01-01',
  value: 1,
  ...more,
});

describe('the snapshot', () => {
  test('holds what a customer has, without what never started', async () => {
    const snapshot = (await snapshotOf(TINY.customer_products))!;
    expect(heldBy(snapshot, 'C1')).toEqual(
      [
        ['P1', 'purchase', '2023-01-01', null, 10, 'once'],
        ['P1', 'subscription', '2024-01-01', null, 5, 'monthly'],
        ['P2', 'purchase', '2024-06-01', '2024-06-16', 7.25, 'once'],
        ['P3', 'subscription', '2022-01-01', '2023-01-01', 100, 'monthly'],
      ].map(([productId, relationshipType, startDate, endDate, value, valueKind]) => ({
        productId,
        relationshipType,
        startDate,
        endDate,
        value,
        valueKind,
      })),
    );
    expect(heldBy(snapshot, 'C3').map(({ productId }) => productId)).toEqual(['P1', 'P3', 'P4']);
    expect(heldBy(snapshot, 'CX')).toMatchObject([{ relationshipType: null, valueKind: 'once', value: 0.01 }]);
    expect(heldBy(snapshot, 'nobody')).toEqual([]);
    expect(ownershipSnapshot.bytes(snapshot)).toBeGreaterThan(100);
  });

  test('finds the rows of customers who come again and again', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => held(i, `C${i % 7}`, { product_id: `P${99 - i}` }));
    const snapshot = (await snapshotOf(rows))!;
    for (let c = 0; c < 7; c++) {
      const expected = rows
        .filter(({ customer_id }) => customer_id === `C${c}`)
        .map(({ product_id }) => product_id)
        .toReversed();
      expect(heldBy(snapshot, `C${c}`).map(({ productId }) => productId)).toEqual(expected);
    }
  });

  test('keeps days long ago and far ahead, and amounts of any size and sign, to the cent', async () => {
    const odd = [
      held(1, 'C1', { start_date: '0001-01-01', end_date: '9999-12-31', value: '9999999999999.99' }),
      held(2, 'C1', { start_date: '1969-12-31', value: -0.01 }),
      held(3, 'C1', { start_date: '2100-02-28', value: null }),
    ];
    expect(
      heldBy((await snapshotOf(odd))!, 'C1').map(({ startDate, endDate, value }) => [startDate, endDate, value]),
    ).toEqual([
      ['0001-01-01', '9999-12-31', 9999999999999.99],
      ['1969-12-31', null, -0.01],
      ['2100-02-28', null, 0],
    ]);
  });

  test('of nothing is empty', async () => {
    const snapshot = (await snapshotOf([]))!;
    expect(heldBy(snapshot, 'C1')).toEqual([]);
    expect(snapshot.offsets).toEqual(new Uint32Array(1));
  });

  test('there is none of more rows than SNAPSHOT_MAX_ROWS, of more types than fit into a byte, or when it is 0', async () => {
    expect((await snapshotOf(TINY.customer_products, { SNAPSHOT_MAX_ROWS: 11 }))!.start).toHaveLength(11);
    expect(await snapshotOf(TINY.customer_products, { SNAPSHOT_MAX_ROWS: 10 })).toBeUndefined();
    const types = (count: number) =>
      Array.from({ length: count }, (_, i) => held(i, 'C1', { relationship_type: `type ${i}` }));
    expect(await snapshotOf(types(251))).toBeUndefined();
    expect(heldBy((await snapshotOf(types(250)))!, 'C1').map(({ relationshipType }) => relationshipType)).toEqual(
      types(250).map((row) => row['relationship_type']),
    );
    world.ran.length = 0;
    expect(await snapshotOf([], { SNAPSHOT_MAX_ROWS: 0 })).toBeUndefined();
    expect(world.ran).toEqual([]);
  });
});
