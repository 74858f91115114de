import type { ListPage, RunContext } from '../../analysis/define.ts';
import { canListInMemory, namedColumns, pageInMemory, type NamedColumns } from '../../analysis/in-memory-list.ts';
import { productDirectory, type KnownProduct } from '../../analysis/product-directory.ts';
import type { ListRequest } from '../../analysis/question.ts';
import { sql } from '../../data/sql/sql.ts';
import { dayNumber, emptyHoldings, pushHolding } from '../../analysis/snapshot/holdings.ts';
import { groupsOfCustomer } from './pairs.ts';
import { productsFrom, UNKNOWN_PRODUCT, type HeldRelationship } from './service.ts';
import { numberOf } from '../../lib/sorted-ids.ts';
import type { Snapshot } from '../../analysis/snapshot/shape.ts';
import { standingSnapshot } from '../../analysis/snapshot/snapshot.ts';

/** Relationships of one customer that are read for a look-up; a customer with more is answered by SQL. */
const FEW = 5_000;

type Asked = {
  readonly customerId: string;
  readonly ownership: 'active' | 'ever';
  readonly grain: 'product' | 'relationship';
};

/**
 * A page of `productsOfCustomer` from the snapshot, or from one statement over one table: a join and a group cost the
 * warehouse three times as much as the rows themselves.
 */
export async function pageOfProducts(
  asked: Asked,
  request: ListRequest,
  context: RunContext,
): Promise<ListPage | undefined> {
  if (!canListInMemory(request)) return undefined;
  const directory = await context.derive(productDirectory);
  if (directory === undefined) return undefined;
  const rows = fromSnapshot(asked, directory, context) ?? (await fromWarehouse(asked, directory, context));
  return rows && pageInMemory(rows, request);
}

type Directory = ReadonlyMap<string, KnownProduct>;

/** The snapshot knows no relationship ids, and does not speak for a customer who changed since it was built. */
function fromSnapshot(
  { customerId, ownership, grain }: Asked,
  directory: Directory,
  context: RunContext,
): NamedColumns | undefined {
  if (grain !== 'product') return undefined;
  const standing = standingSnapshot(context);
  if (standing === undefined || standing.isLeftOut(customerId)) return undefined;
  const { snapshot } = standing;
  const customer = numberOf(snapshot.customers, customerId);
  return productRows(snapshot, customer, { ownership, day: dayNumber(context.asOf) }, directory);
}

function emptyProducts() {
  return {
    productId: [] as string[],
    productName: [] as (string | null)[],
    productCategory: [] as (string | null)[],
    productType: [] as (string | null)[],
    productStatus: [] as (string | null)[],
    relationshipId: [] as null[],
  };
}

/** By product id, because that is the order of a customer's entries. */
function productRows(
  snapshot: Snapshot,
  customer: number,
  asked: { readonly ownership: Asked['ownership']; readonly day: number },
  directory: Directory,
): NamedColumns {
  const columns = { ...emptyProducts(), ...emptyHoldings() };
  for (const group of customer < 0 ? [] : groupsOfCustomer(snapshot, customer)) {
    if (!pushHolding(snapshot, undefined, group, asked, columns)) continue;
    const id = snapshot.products[snapshot.product[group[0]]!]!;
    const known = directory.get(id) ?? UNKNOWN_PRODUCT;
    columns.productId.push(id);
    columns.productName.push(known.productName);
    columns.productCategory.push(known.productCategory);
    columns.productType.push(known.productType);
    columns.productStatus.push(known.productStatus);
    columns.relationshipId.push(null);
  }
  return { rowCount: columns.productId.length, columns };
}

async function fromWarehouse(
  asked: Asked,
  directory: Directory,
  { t, queryFew, asOf }: RunContext,
): Promise<NamedColumns | undefined> {
  const held = await queryFew(
    sql`select r.product_id, r.relationship_id, r.relationship_type, r.start_date, r.end_date, r.value, r.value_kind
from ${t.customerProducts} r
where r.customer_id = ${asked.customerId}`,
    FEW,
  );
  const rows = held && productsFrom(held as readonly HeldRelationship[], directory, { ...asked, asOf });
  return rows && namedColumns(rows);
}
