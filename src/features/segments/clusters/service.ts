import type { RunContext, SqlKit } from '../../../analysis/define.ts';
import type { Rule } from '../../../analysis/segments/rule.ts';
import type { Sql } from '../../../data/sql/sql.ts';
import type { Batch } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import type { Clustering } from '../../../lib/stats/clustering.ts';
import type { Condition, Leaf } from '../../../lib/stats/surrogate-tree.ts';
import { measuresAsked, type ClustersParams, type Measure } from './model.ts';

/** Customers whose measures are read at once; more are refused, never sampled in silence. */
const MOST_CUSTOMERS = 5_000_000;

/** One row per cluster, the largest first; none without customers. Throws request.invalid for more clusters than customers, and limit.rows. */
export async function clustersOf(
  params: ClustersParams,
  context: RunContext,
  measuresOf: (params: ClustersParams, kit: SqlKit) => Sql,
): Promise<Readonly<Record<string, unknown>>[]> {
  const { k, seed } = params;
  const measures = measuresAsked(params);
  requireMeasures(measures);
  const values = await packed(await context.stream(measuresOf(params, context)), measures.length);
  const customers = values.length / measures.length;
  if (customers === 0) return [];
  requireK(k, customers);
  const names = (some: readonly Measure[]) => some.map(({ name }) => name);
  const logged = names(measures.filter(({ isLogged }) => isLogged));
  const input = { values, features: names(measures), logged, k, seed };
  const found = await context.compute('k-means', input, [values.buffer]);
  return clusterRows(found, measures, customers);
}

/** Row after row; no object is made of one. */
async function packed(batches: AsyncIterable<Batch>, width: number): Promise<Float64Array<ArrayBuffer>> {
  let values = new Float64Array(1024 * width);
  let rows = 0;
  for await (const { rowCount, columns } of batches) {
    if (rows + rowCount > MOST_CUSTOMERS)
      throw new AppError('limit.rows', `more than ${MOST_CUSTOMERS} customers; ask about some of them by a filter`);
    values = withRoom(values, (rows + rowCount) * width);
    for (let j = 0; j < width; j++) {
      const column = columns[j]!;
      for (let i = 0; i < rowCount; i++) values[(rows + i) * width + j] = Number(column[i]);
    }
    rows += rowCount;
  }
  return values.slice(0, rows * width);
}

function withRoom(values: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (length <= values.length) return values;
  const larger = new Float64Array(Math.max(length, 2 * values.length));
  larger.set(values);
  return larger;
}

function requireMeasures(measures: readonly Measure[]): void {
  if (measures.length > 0) return;
  const detail = 'must have at least one measure, or categories at least one category';
  throw new AppError('request.invalid', `/measures ${detail}`, { errors: [{ pointer: '/measures', detail }] });
}

function requireK(k: number | undefined, customers: number): void {
  if (k === undefined || k <= customers) return;
  const detail = `must be at most ${customers}, the number of customers who have all measures; it is ${k}`;
  throw new AppError('request.invalid', `?k ${detail}`, { errors: [{ pointer: '?k', detail }] });
}

/** What a clustering comes to, told in the measures' own units. */
export function clusterRows(
  { sizes, means, traits, tree, stability }: Clustering,
  measures: readonly Measure[],
  customers: number,
): Readonly<Record<string, unknown>>[] {
  return sizes.map((size, cluster) => ({
    cluster: cluster + 1,
    customers: size,
    share: size / customers,
    means: Object.fromEntries(measures.map(({ name }, j) => [name, means[cluster * measures.length + j]])),
    traits: traits[cluster]!.map(({ feature, deviation }) => ({ measure: feature, deviation })),
    fidelity: tree.fidelity,
    stability,
    rule: ruleOfLeaves(
      tree.leaves.filter((leaf) => leaf.cluster === cluster),
      measures,
    ),
  }));
}

/** The customers of some leaves as a rule; customers without a measure are in no leaf. */
function ruleOfLeaves(leaves: readonly Leaf[], measures: readonly Measure[]): Rule | null {
  if (leaves.length === 0) return null;
  const isThere = measures
    .filter(({ isNullable }, i) => i === 0 || isNullable)
    .map(({ name }): Rule => ({ member: name, op: 'isNull', value: false }));
  const whole = new Set(measures.filter(({ isWhole }) => isWhole).map(({ name }) => name));
  const paths = leaves.map(({ conditions }) => conditions.map((one) => conditionOf(one, whole)));
  const isAll = paths.some((path) => path.length === 0);
  const parts: Rule[] = paths.map((path) => (path.length === 1 ? path[0]! : { all: path }));
  const within: readonly Rule[] = isAll ? [] : [parts.length === 1 ? parts[0]! : { any: parts }];
  return { all: [...isThere, ...within] };
}

/** Between two whole numbers lies no third: a rule compares them with whole numbers. */
function conditionOf({ feature: member, op, threshold }: Condition, whole: ReadonlySet<string>): Rule {
  const value = whole.has(member) ? Math.floor(threshold) : threshold;
  return { member, op: op === '>' ? 'gt' : 'lte', value };
}
