import type { RunContext } from '../../../analysis/define.ts';
import { compareText } from '../../../lib/compare-text.ts';
import { numberOf } from '../../../lib/sorted-ids.ts';
import { turnsOf } from '../../../lib/turns.ts';
import { cellsBy, chanceOn, likelyBuyers, type Cell } from './cells.ts';
import { heldByMembers, isHeld, productsOf, type Held } from './held.ts';
import type { Asked } from './members-sql.ts';
import { productsToOffer } from './products-sql.ts';
import type { Ladder } from './read-members.ts';

type Row = Readonly<Record<string, unknown>>;
type Product = {
  readonly productId: string;
  readonly productName: string | null;
  readonly productCategory: string | null;
};
type Figures = Omit<Cell, 'ladder'>;

/** Longest stretch of work before others get their turn. */
const TURN_MS = 4;
const NO_OWNERS: Figures = { owners: 0, median: 0, chances: 0 };

/** The rows of `whitespace` from the relationships in memory; undefined where SQL has to answer. */
export async function whitespaceInMemory(params: Asked, context: RunContext): Promise<readonly Row[] | undefined> {
  const held = await heldByMembers(params, context);
  if (held === undefined) return undefined;
  const { ladders } = held.members;
  const cellsOf = cellsBy(held, held.members, likelyBuyers);
  const rows: ReturnType<typeof segmentRow>[] = [];
  await eachOnSale(held, params, context, (product, number) => {
    const cells = new Map(number < 0 ? [] : cellsOf(number).map((cell) => [cell.ladder, cell]));
    for (const [i, ladder] of ladders.entries()) rows.push(segmentRow(product, ladder, cells.get(i) ?? NO_OWNERS));
  });
  return firstRows(rows, params, (a, b) => compareNames(a.segment, b.segment));
}

/** The rows of `customerWhitespace` from the relationships in memory; undefined where SQL has to answer. */
export async function customerWhitespaceInMemory(
  params: Asked & { readonly customerId: string },
  context: RunContext,
): Promise<readonly Row[] | undefined> {
  const held = await heldByMembers(params, context, params.customerId);
  if (held === undefined) return undefined;
  const { one, ladders } = held.members;
  if (one === undefined) return [];
  const owned = productsOf(held, params.customerId);
  const cellsOf = cellsBy(held, held.members, chanceOn(one.rung), one.ladder);
  const rows: ReturnType<typeof customerRow>[] = [];
  await eachOnSale(held, params, context, (product, number) => {
    if (owned.has(number)) return;
    const cell = number < 0 ? undefined : cellsOf(number)[0];
    rows.push(customerRow(product, ladders[one.ladder]!, cell ?? NO_OWNERS));
  });
  return firstRows(rows, params, (a, b) => b.probability - a.probability);
}

/** The products that are asked about and on sale, with their numbers among those of relationships, or -1. */
async function eachOnSale(
  held: Held,
  params: Asked,
  context: RunContext,
  use: (product: Product, number: number) => void,
): Promise<void> {
  const turn = turnsOf(TURN_MS);
  for (const { isLaunched, ...product } of await context.query(productsToOffer(params, context))) {
    const number = numberOf(held.products, String(product['productId']));
    if (isLaunched === 1 || isHeld(held, number)) use(product as unknown as Product, number);
    await turn();
  }
}

function segmentRow(product: Product, ladder: Ladder, figures: Figures) {
  const gap = ladder.customers - figures.owners;
  const probability = gap === 0 ? null : figures.chances / gap;
  return { ...product, ...shared(ladder, figures), gap, probability };
}

function customerRow(product: Product, ladder: Ladder, figures: Figures) {
  return { ...product, ...shared(ladder, figures), probability: figures.chances };
}

function shared({ segment, customers }: Ladder, { owners, median, chances }: Figures) {
  const medianValue = owners === 0 ? null : median / 100;
  const ownedShare = owners / customers;
  return { segment, customers, owners, ownedShare, medianValue, value: toCents(chances * (medianValue ?? 0)) };
}

/** Half a cent goes away from zero, as in SQL. */
function toCents(amount: number): number {
  return (Math.sign(amount) * Math.round(Math.abs(amount) * 100)) / 100;
}

/** The rows in the order of the answer: by value, by `then`, by id. */
function firstRows<R extends Pick<Product, 'productId'> & { readonly value: number }>(
  rows: R[],
  { limit }: Asked,
  then: (a: R, b: R) => number,
): readonly R[] {
  rows.sort((a, b) => b.value - a.value || then(a, b) || compareText(a.productId, b.productId));
  return limit === undefined ? rows : rows.slice(0, limit);
}

/** Null comes last. */
function compareNames(a: string | null, b: string | null): number {
  return a === null || b === null ? Number(a === null) - Number(b === null) : compareText(a, b);
}
