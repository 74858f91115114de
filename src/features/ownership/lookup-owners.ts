import type { ListPage, RunContext } from '../../analysis/define.ts';
import { canListInMemory, namedColumns, pageInMemory, type NamedColumns } from '../../analysis/in-memory-list.ts';
import type { ListRequest } from '../../analysis/question.ts';
import { dayNumber } from '../../analysis/snapshot/holdings.ts';
import { countOwners, emptyPairs, groupsOfProduct, pushPairOfProduct } from './pairs.ts';
import { customersNamed, ownersAmong } from './queries.ts';
import { numberOf, placeOf } from '../../lib/sorted-ids.ts';
import { standingSnapshot, type StandingSnapshot } from '../../analysis/snapshot/snapshot.ts';

/** Relationships of a product of which a page is made in any order; of more, only one in the order of customers. */
const FEW = 5_000;
/** Relationships of a product that are counted here. */
const MANY = 500_000;

type Asked = {
  readonly productId: string;
  readonly ownership: 'active' | 'ever';
  readonly grain: 'product' | 'relationship';
};

/** Fields that say who the customer is: the snapshot does not know them, they are read for the rows of the page. */
const OF_CUSTOMER: readonly string[] = ['customerName', 'customerType', 'region', 'customerStatus'];

/**
 * A page of `customersOfProduct` from the snapshot: filtered and sorted by what it knows when there are few owners, else
 * in the order of customers. Those who changed since it was built come from one statement.
 */
export async function pageOfOwners(
  asked: Asked,
  request: ListRequest,
  context: RunContext,
): Promise<ListPage | undefined> {
  const standing = asked.grain === 'product' && canAnswer(request) ? standingSnapshot(context) : undefined;
  if (standing === undefined || !standing.snapshot.isWhole) return undefined;
  const found = ownersOf(standing, asked, request, context);
  if (found === undefined) return undefined;
  const leftOut = standing.leftOut();
  const changed = leftOut.length === 0 ? [] : await context.query(ownersAmong({ ...asked, leftOut }, context));
  const rows = together(found.rows, namedColumns(changed));
  const ids = {
    ...request,
    fields: [...request.fields, request.sort.find(({ field }) => field.field === 'customerId')!.field],
  };
  const { batch, page } = pageInMemory(rows, ids);
  const total = found.total === undefined ? page.total : found.total + changed.length;
  const shown = batch.columns.at(-1) as readonly string[];
  return { page: { ...page, total }, batch: await withCustomers(batch.columns.slice(0, -1), shown, request, context) };
}

function canAnswer(request: ListRequest): boolean {
  const used = [...request.filters, ...request.sort].map(({ field }) => field.field);
  return canListInMemory(request) && !used.some((name) => OF_CUSTOMER.includes(name));
}

type Found = { readonly rows: NamedColumns; readonly total: number | undefined };

/** All owners when they are few; else as many as the page needs, and how many there are if that is asked. */
function ownersOf(
  standing: StandingSnapshot,
  { productId, ownership }: Asked,
  { filters, sort, after, limit = Infinity, wantsTotal }: ListRequest,
  { asOf }: RunContext,
): Found | undefined {
  const { snapshot } = standing;
  const product = numberOf(snapshot.products, productId);
  const rows = emptyPairs();
  if (product < 0) return { rows: { rowCount: 0, columns: rows }, total: undefined };
  const relationships = snapshot.productOffsets[product + 1]! - snapshot.productOffsets[product]!;
  const isPart = relationships > FEW;
  const isById = sort[0]!.field.field === 'customerId' && !sort[0]!.isDescending;
  if (isPart && (filters.length > 0 || !isById || (wantsTotal && relationships > MANY))) return undefined;
  const question = { ownership, day: dayNumber(asOf) };
  const first = isPart && after !== undefined ? placeOf(snapshot.customers, after[0] as string) : 0;
  for (const group of groupsOfProduct(snapshot, product, first)) {
    pushPairOfProduct(standing, product, group, question, rows);
    // One of them may be the last that was seen, one more tells that there is a next page.
    if (isPart && rows.customerId.length > limit + 1) break;
  }
  const total = isPart && wantsTotal ? countOwners(standing, product, question) : undefined;
  return { rows: { rowCount: rows.customerId.length, columns: rows }, total };
}

function together(a: NamedColumns, b: NamedColumns): NamedColumns {
  if (b.rowCount === 0) return a;
  const columns = Object.entries(a.columns).map(([name, values]) => [name, [...values, ...(b.columns[name] ?? [])]]);
  return { rowCount: a.rowCount + b.rowCount, columns: Object.fromEntries(columns) as NamedColumns['columns'] };
}

/** The columns of the answer, with who the customers are. */
async function withCustomers(
  columns: ListPage['batch']['columns'],
  ids: readonly string[],
  { fields }: ListRequest,
  { query, ...kit }: RunContext,
): Promise<ListPage['batch']> {
  const isAsked = ids.length > 0 && fields.some(({ field }) => OF_CUSTOMER.includes(field));
  const known = isAsked ? await query(customersNamed(ids, kit)) : [];
  const byId = new Map(known.map((customer) => [customer['customerId'], customer]));
  return {
    rowCount: ids.length,
    columns: fields.map(({ field }, c) =>
      OF_CUSTOMER.includes(field) ? ids.map((id) => (byId.get(id)?.[field] ?? null) as string | null) : columns[c]!,
    ),
  };
}
