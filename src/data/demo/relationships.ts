import type { Writer } from '../warehouse/port.ts';
import { CATEGORIES } from './categories.ts';
import { makeDemand, makePairRows, LAST_CUSTOMER } from './demand.ts';
import { dirtPerKind, keysByKind, RELATIONSHIP_DIRT, spoil, type STRAY_DIRT } from './dirt.ts';
import { exponential, quantiles, slotRanges } from './distributions.ts';
import { FRESH_PRODUCTS, type Product } from './products.ts';
import { draw } from './random.ts';
import { CATEGORY_SLOTS, EXPONENTIAL_UNIT, PRODUCT_SLOTS, relationshipsSql } from './relationships-sql.ts';
import { stage, stageQuantiles, stageSlots } from './staging.ts';
import { FAVOURITE_FACTOR, SEGMENTS, type DEMO_SIZES, type DemoSize } from './world.ts';

type Kind = keyof typeof RELATIONSHIP_DIRT;
export type DirtyRelationships = Readonly<Record<Kind | keyof typeof STRAY_DIRT, readonly string[]>>;
type Size = (typeof DEMO_SIZES)[DemoSize] & { readonly portionRows: number };

/** Fills customer_products, ordered by customer, product, start and id. `step` hears the share that is done. Needs the tables of makeCustomers(). */
export async function makeRelationships(
  writer: Writer,
  size: Size,
  products: readonly Product[],
  seed: number,
  step: (share: number) => void,
): Promise<DirtyRelationships> {
  const { ordinary, strays } = await makeDemand(writer, size, seed);
  await makePairRows(writer, products, ordinary + strays.length, seed);
  await stageChoices(writer, products);
  const kinds = Object.keys(RELATIONSHIP_DIRT) as Kind[];
  const spoilt = spoil(kinds, dirtPerKind(size.customers), ordinary, draw(seed, 'relationship.dirt'));
  const rows = spoilt.map(({ no, kind }, i) => ({ no, kind, fresh: products.length - (i % FRESH_PRODUCTS) }));
  await stage(writer, 'demo_relationship_dirt', { no: 'INTEGER', kind: 'VARCHAR', fresh: 'INTEGER' }, rows);
  await addInPortions(writer, size, seed, step);
  const keysOf = (kind: Kind) => spoilt.filter((row) => row.kind === kind).map((row) => relationshipId(row.no));
  return { ...keysByKind(kinds, keysOf), unknown_customer: strays.map(relationshipId) };
}

/** In portions of customers, so that memory does not grow with the size; the last one has the strays too. */
async function addInPortions(writer: Writer, size: Size, seed: number, step: (share: number) => void): Promise<void> {
  const portion = Math.ceil((size.customers * size.portionRows) / size.relationships);
  for (let first = 1; first <= size.customers; first += portion) {
    step((first - 1) / size.customers);
    const last = first + portion > size.customers ? LAST_CUSTOMER : first + portion - 1;
    for (const text of relationshipsSql(seed, first, last)) await writer.run(text);
  }
}

function relationshipId(no: number): string {
  return `R${String(no).padStart(9, '0')}`;
}

/** Which category a segment chooses, which product within it, and how long what is exponential lasts. */
async function stageChoices(writer: Writer, products: readonly Product[]): Promise<void> {
  const tastes = SEGMENTS.map(({ favourites }) => slotRanges(tasteOf(favourites), CATEGORY_SLOTS));
  await stageSlots(writer, 'demo_category_slot', CATEGORY_SLOTS, tastes);
  const ranges = CATEGORIES.map((_, category) => {
    const members = products.filter((product) => product.category === category && product.weight > 0);
    const weights = members.map((product) => product.weight);
    return slotRanges(weights, PRODUCT_SLOTS).map((range) => ({ ...range, value: members[range.value]!.no }));
  });
  await stageSlots(writer, 'demo_product_no', PRODUCT_SLOTS, ranges);
  await writer.run(`create or replace temp table demo_product_slot as
select s.key, p.no, p.launch_day, p.substitute
from demo_product_no s
join demo_product p on p.no = s.value`);
  await stageQuantiles(writer, 'demo_exponential', quantiles(exponential, 4096, EXPONENTIAL_UNIT));
}

/** Weights of the categories for a segment with these favourites. */
export function tasteOf(favourites: readonly string[]): number[] {
  return CATEGORIES.map(({ name, popularity }) => popularity * (favourites.includes(name) ? FAVOURITE_FACTOR : 1));
}
