import type { RunContext } from '../../analysis/define.ts';
import { defineDerivation } from '../../analysis/derivation.ts';
import { sql } from '../../data/sql/sql.ts';
import { heldBy, ownershipSnapshot } from './snapshot.ts';
import { productsFrom, type HeldRelationship, type KnownProduct } from './service.ts';

/** Relationships of one customer that are read for a look-up; a customer with more is answered by SQL. */
const FEW = 5_000;
/** Products that are kept in memory, some 300 bytes each. */
const MANY_PRODUCTS = 200_000;

/** What every product is, by id; undefined when there are too many to keep. */
const productDirectory = defineDerivation<ReadonlyMap<string, KnownProduct> | undefined>({
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

type Asked = {
  readonly customerId: string;
  readonly ownership: 'active' | 'ever';
  readonly grain: 'product' | 'relationship';
};

/**
 * The rows of `productsOfCustomer` from the snapshot, or from one statement over one table: a join and a group cost the warehouse three times
 * as much as the rows themselves.
 */
export async function fewProductsOfCustomer(
  asked: Asked,
  context: RunContext,
): Promise<readonly Record<string, unknown>[] | undefined> {
  const directory = await context.derive(productDirectory);
  if (directory === undefined) return undefined;
  const held = heldInMemory(asked, context) ?? (await heldInWarehouse(asked, context));
  return held === undefined ? undefined : productsFrom(held, directory, { ...asked, asOf: context.asOf });
}

/** From the snapshot, which knows no relationship ids; undefined for a customer whose relationships changed since it was built. */
function heldInMemory({ customerId, grain }: Asked, context: RunContext): readonly HeldRelationship[] | undefined {
  const standing = grain === 'product' ? context.standing(ownershipSnapshot) : undefined;
  if (standing?.value === undefined || standing.isChanged(customerId)) return undefined;
  return heldBy(standing.value, customerId);
}

async function heldInWarehouse(
  { customerId }: Asked,
  { t, queryFew }: RunContext,
): Promise<readonly HeldRelationship[] | undefined> {
  const rows = await queryFew(
    sql`select r.product_id, r.relationship_id, r.relationship_type, r.start_date, r.end_date, r.value, r.value_kind
from ${t.customerProducts} r
where r.customer_id = ${customerId}`,
    FEW,
  );
  return rows as readonly HeldRelationship[] | undefined;
}
