import { sql } from '../data/sql/sql.ts';
import { defineDerivation } from './derivation.ts';

export type KnownProduct = {
  readonly productName: string | null;
  readonly productCategory: string | null;
  readonly productType: string | null;
  readonly productStatus: string | null;
};

/** Products that are kept in memory, some 300 bytes each. */
const MANY_PRODUCTS = 200_000;

/** What every product is, by id; undefined when there are too many to keep. */
export const productDirectory = defineDerivation<ReadonlyMap<string, KnownProduct> | undefined>({
  name: 'product.directory',
  reads: ['products'],
  lane: 'fast',
  build: async ({ query, t }) => {
    const { columns, rowCount } = await query(
      sql`
select p.product_id, p.product_name, p.product_category, p.product_type, p.status as product_status
from ${t.products} p
limit ${MANY_PRODUCTS + 1}`,
      MANY_PRODUCTS + 1,
    );
    if (rowCount > MANY_PRODUCTS) return undefined;
    const [ids, names, categories, types, statuses] = columns as (string | null)[][];
    return new Map(
      ids!.map((id, i) => [
        id!,
        {
          productName: names![i]!,
          productCategory: categories![i]!,
          productType: types![i]!,
          productStatus: statuses![i]!,
        },
      ]),
    );
  },
  bytes: (directory) => (directory?.size ?? 0) * 300,
});
