import { compareText } from '../../src/lib/compare-text.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { hadBy, type NaiveModel, weightUnder } from './naive-recommendations.ts';

/*
 * A campaign by its definition: customer by customer, product by product.
 */

export type CampaignQuestion = {
  readonly productId: string;
  readonly asOf: string;
  readonly repeat: boolean;
  readonly capacity: number;
  readonly per: 'none' | 'region';
  readonly capacityPer?: number;
  readonly minScore: number;
  readonly region?: string;
};

/** What was learned from: rows that may be some writes old. */
export type NaiveLearned = { readonly rows: WorldRows; readonly model: NaiveModel };

type Candidate = { readonly customer: Stored; readonly has: readonly string[]; readonly score: number };

const HEAVIEST = 500;
const REASONS = 3;

/** The customers for a product, those for whom most speaks first. */
export function naiveCampaign(rows: WorldRows, question: CampaignQuestion, learned: NaiveLearned) {
  const { productId, asOf, capacity, per, capacityPer = capacity, minScore, region } = question;
  const had = hadBy(learned.rows, asOf);
  const weight = weightUnder(learned.model, had, HEAVIEST);
  const scoreOf = (has: readonly string[], product: string) => has.reduce((sum, one) => sum + weight(one, product), 0);
  const candidates = rows.customers
    .filter((customer) => region === undefined || customer['region'] === region)
    .map((customer) => ({ customer, has: productsOf(rows, customer['customer_id'] as string, question) }))
    .filter(({ has }) => !has.includes(productId))
    .map((one): Candidate => ({ ...one, score: scoreOf(one.has, productId) }))
    .filter(({ score }) => score > 0 && score >= minScore)
    .toSorted((a, b) => b.score - a.score || compareText(idOf(a), idOf(b)));
  const groupOf = ({ customer }: Candidate) => (per === 'none' ? null : (customer['region'] as string | null));
  const placeInGroup = (one: Candidate) =>
    candidates.filter((other) => groupOf(other) === groupOf(one)).indexOf(one) + 1;
  const listed = candidates.filter((one) => placeInGroup(one) <= capacityPer).slice(0, capacity);
  return listed.map((one, i) => {
    const because = one.has
      .map((id) => ({ productId: id, weight: weight(id, productId) }))
      .filter((reason) => reason.weight > 0)
      .toSorted((a, b) => b.weight - a.weight || compareText(a.productId, b.productId))
      .slice(0, REASONS);
    const alike = [...had.values()].filter((items) =>
      because.slice(0, 2).every((reason) => items.has(reason.productId)),
    );
    const offered = rows.products
      .filter(({ status, product_id }) => status === null || status === 'active' || product_id === productId)
      .map(({ product_id }) => product_id as string)
      .filter((id) => !one.has.includes(id) && scoreOf(one.has, id) > 0)
      .toSorted((a, b) => scoreOf(one.has, b) - scoreOf(one.has, a) || compareText(a, b));
    return {
      rank: i + 1,
      customerId: idOf(one),
      customerName: one.customer['customer_name'] as string | null,
      group: groupOf(one),
      rankInGroup: placeInGroup(one),
      score: one.score,
      because,
      customersAlike: alike.length,
      ownedShare: alike.length === 0 ? null : alike.filter((items) => items.has(productId)).length / alike.length,
      rankOfProduct: offered.indexOf(productId) + 1,
    };
  });
}

/** The products that a customer has on the day, or ever had by then, in order. */
function productsOf(
  { customer_products }: WorldRows,
  customerId: string,
  { asOf, repeat }: Pick<CampaignQuestion, 'asOf' | 'repeat'>,
): readonly string[] {
  const counts = ({ customer_id, start_date: start, end_date: end }: Stored) =>
    customer_id === customerId &&
    start !== null &&
    start! <= asOf &&
    (end === null || (repeat ? end! > asOf : end! >= start!));
  return [...new Set(customer_products.filter(counts).map((row) => row['product_id'] as string))].toSorted(compareText);
}

function idOf({ customer }: Candidate): string {
  return customer['customer_id'] as string;
}
