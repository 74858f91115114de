import type { Static } from 'typebox';
import { customerIds } from '../../../analysis/core-ids.ts';
import type { RunContext } from '../../../analysis/define.ts';
import { productDirectory, type KnownProduct } from '../../../analysis/product-directory.ts';
import { sql } from '../../../data/sql/sql.ts';
import { AppError } from '../../../lib/app-error.ts';
import { learnedFor } from '../learned/ask-learned.ts';
import { sayLearned } from '../learned/learned.ts';
import { eligibleProducts, refuseUnknown, requireProducts } from './eligible.ts';
import { listRows, type Named } from './list-rows.ts';
import type { BasketParams, NextProductsOfManyParams, NextProductsParams } from './model.ts';
import { numbersOf, ownedBy, rowsOf } from './owned.ts';

type Row = Readonly<Record<string, unknown>>;

/** The list of one customer. Throws customer.not_found. */
export async function nextProducts(
  { customerId, ...asked }: Static<typeof NextProductsParams>,
  context: RunContext,
): Promise<readonly Row[]> {
  const rows = await listsOf([customerId], asked, context);
  if (rows === undefined)
    throw new AppError('customer.not_found', `there is no customer ${JSON.stringify(customerId.slice(0, 100))}`);
  return rows[0]!;
}

/** The lists of customers in the order of their ids, each customer once. Throws ids.unknown. */
export async function nextProductsOfMany(
  { customerIds: given, ...asked }: Static<typeof NextProductsOfManyParams>,
  context: RunContext,
): Promise<readonly Row[]> {
  const ids = [...new Set(given)];
  const lists = await listsOf(ids, asked, context);
  if (lists === undefined) refuseUnknown(given, await knownAmong(ids, context), '/customerIds', 'customer');
  return lists!.flatMap((rows, i) => rows.map((row) => ({ customerId: ids[i]!, ...row })));
}

/** What to offer beside some products. Throws ids.unknown for ids that are no products. */
export async function nextForBasket(
  { productIds, limit, ...asked }: Static<typeof BasketParams>,
  context: RunContext,
): Promise<readonly Row[]> {
  if (productIds.length > 0) await requireProducts(productIds, '/productIds', context);
  const learned = await learnedFor(context);
  context.say(sayLearned(learned));
  const owned = rowsOf([numbersOf(productIds, learned.products)]);
  const eligible = await eligibleProducts(asked, learned, context);
  return listRows({ owned, eligible, limit }, learned, await namesFor(context))[0]!;
}

type Asked = Omit<Static<typeof NextProductsParams>, 'customerId'>;

/** Undefined when one of the customers does not exist. */
async function listsOf(ids: readonly string[], asked: Asked, context: RunContext): Promise<Row[][] | undefined> {
  const known = await knownAmong(ids, context);
  if (ids.some((id) => !known.has(id))) return undefined;
  const learned = await learnedFor(context);
  context.say(sayLearned(learned));
  const ownership = asked.repeat ? 'active' : 'ever';
  const [owned, eligible, named] = await Promise.all([
    ownedBy(ids, ownership, learned.products, context),
    eligibleProducts(asked, learned, context),
    namesFor(context),
  ]);
  return listRows({ owned, eligible, limit: asked.limit }, learned, named);
}

async function knownAmong(ids: readonly string[], { standing, query, t, d }: RunContext): Promise<ReadonlySet<string>> {
  const all = standing(customerIds);
  const isSure = (id: string) => all?.value !== undefined && !all.changed.has(id) && all.value.has(id);
  const unsure = ids.filter((id) => !isSure(id));
  if (unsure.length === 0) return new Set(ids);
  const found = await query(
    sql`select c.customer_id from ${t.customers} c where c.customer_id in (select l.id from ${d.idList(unsure)} l)`,
  );
  return new Set([...ids.filter(isSure), ...found.map(({ customerId }) => String(customerId))]);
}

const UNKNOWN: KnownProduct = { productName: null, productCategory: null, productType: null, productStatus: null };

/** Of very many products no names are kept: then there are none. */
async function namesFor({ derive }: RunContext): Promise<Named> {
  const directory = await derive(productDirectory);
  return (id) => directory?.get(id) ?? UNKNOWN;
}
