import { expect } from 'vitest';
import { TINY } from '../world-rows.ts';
import { busy, driven, eventually, type ServedWorld, servedWorld } from './served-world.ts';

/** Whether a look-up was answered from the snapshot: then it took no statement. */
async function takesNoStatement({ answer }: ServedWorld): Promise<boolean> {
  const { meta } = await answer('/v1/customers/C1/products');
  return (meta['timing'] as { statementMs: number }).statementMs === 0;
}

const QUESTIONS = ['C1', 'C2', 'C3', 'C4', 'C5', 'CX'].flatMap((id) =>
  ['', '?ownership=ever', '?asOf=2023-06-01', '?ownership=ever&sort=-valueOnce&total=true'].map(
    (query) => `/v1/customers/${id}/products${query}`,
  ),
);
const rowsOf = async ({ ask }: ServedWorld) =>
  Promise.all(
    QUESTIONS.map(async (path) => {
      const { data, page, code } = (await (await ask(path)).json()) as Record<string, unknown>;
      return { path, data, total: (page as { total?: number } | undefined)?.total, code };
    }),
  );

/** Above it there is no snapshot, and SQL gives the same rows. */
export async function snapshotMaxRows(): Promise<void> {
  // Eleven of the twelve relationships have a start.
  const kept = await servedWorld({ SNAPSHOT_MAX_ROWS: 11 });
  await eventually(async () => expect(await takesNoStatement(kept)).toBe(true));
  const expected = await rowsOf(kept);
  expect(expected.filter(({ data }) => data !== undefined).length).toBeGreaterThan(10);
  for (const SNAPSHOT_MAX_ROWS of [10, 0]) {
    await driven({ SNAPSHOT_MAX_ROWS }, async (served) => {
      await takesNoStatement(served);
      await eventually(() => expect(busy(served.world).heavy).toEqual([0, 0]));
      expect(await takesNoStatement(served)).toBe(false);
      expect(await rowsOf(served)).toEqual(expected);
    });
  }
}

/** Derivations are kept up to it. One that is larger is not built over and over for answers that can do without it. */
export async function derivationBytes(): Promise<void> {
  await driven({ DERIVATION_BYTES: 50 }, async ({ answer, world }) => {
    for (let time = 0; time < 3; time++) {
      const { data, meta } = await answer('/v1/customers/C1/products');
      expect([data.length, meta['built']]).toEqual([2, ['product.directory']]);
      expect(world.engine.derivations.bytes()).toBeLessThanOrEqual(50);
    }
  });
  const customers = Array.from({ length: 300 }, (_, i) => ({ customer_id: `D${i}` }));
  const bought = customers.map(({ customer_id }) => ({
    relationship_id: customer_id,
    customer_id,
    product_id: 'P1',
    start_date: '2024-01-01',
  }));
  const rows = {
    ...TINY,
    customers: [...TINY.customers, ...customers],
    customer_products: [...TINY.customer_products, ...bought],
  };
  await driven(
    { DERIVATION_BYTES: 10_000 },
    async ({ answer, world }) => {
      for (let time = 0; time < 4; time++) {
        expect((await answer('/v1/customers/D7/products')).data).toHaveLength(1);
        await eventually(() => expect(busy(world).heavy).toEqual([0, 0]));
      }
      const builds = world.ran.filter(({ text }) => text.includes('least_cents'));
      expect(builds).toHaveLength(1);
    },
    { rows },
  );
}
