import { sql } from '../data/sql/sql.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { newestStart, today } from './as-of.ts';
import { defineDerivation } from './derivation.ts';
import type { Engine } from './engine.ts';
import { openSession } from './session.ts';

/** How much there is, the day answers are about, and a customer and a product that are related, for examples that work. */
export type Overview = {
  readonly customers: number;
  readonly products: number;
  readonly relationships: number;
  readonly asOf: string;
  readonly customerId: string | undefined;
  readonly productId: string | undefined;
};

const sizes = defineDerivation<Omit<Overview, 'asOf'>>({
  name: 'data.sizes',
  reads: ['customers', 'products', 'customer_products'],
  build: async ({ query, t }) => {
    const counts = await query(sql`select
  (select count(*) from ${t.customers} c) as customers,
  (select count(*) from ${t.products} p) as products,
  (select count(*) from ${t.customerProducts} r) as relationships`);
    const [customers, products, relationships] = counts.columns.map((column) => Number(column[0]));
    const some = await query(sql`select r.customer_id, r.product_id
from ${t.customerProducts} r
join ${t.customers} c on c.customer_id = r.customer_id
join ${t.products} p on p.product_id = r.product_id
where r.start_date is not null and r.end_date is null
limit 1`);
    const [customerId, productId] = some.columns.map((column) => column[0] as string | undefined);
    return { customers: customers!, products: products!, relationships: relationships!, customerId, productId };
  },
  bytes: () => 500,
});

/** Built once per data version. Throws what the warehouse throws. */
export async function overviewOf(engine: Engine, tenant: Tenant): Promise<Overview> {
  const session = openSession(engine, tenant, 'heavy', new AbortController().signal);
  const [counted, { asOf }] = await Promise.all([
    session.derive(sizes),
    session.derive(newestStart, today(engine.clock)),
  ]);
  return { ...counted, asOf };
}
