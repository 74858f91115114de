import { DEFAULT_FACTS_OPTIONS } from '../../src/analysis/facts/model.ts';
import type { SegmentSet } from '../../src/features/portfolio/whitespace/model.ts';
import type { Stored, WorldRows } from '../world-rows.ts';
import { factsOf } from './naive-facts.ts';
import { isActiveOn } from './naive-ownership.ts';
import { centsIn, scopeOf, type NaiveAsked } from './naive-portfolio.ts';

type Row = Readonly<Record<string, unknown>>;
type Member = { readonly id: string; readonly segment: string | null; readonly held: ReadonlySet<string> };

const idOf = (row: Stored, column: string) => row[column] as string;
const EVER = { from: '0001-01-01' };

function membersOf(world: WorldRows, asked: NaiveAsked, by: SegmentSet): Member[] {
  const { counted, eligible } = scopeOf(world, { ...asked, category: undefined });
  const facts = new Map(
    factsOf(world, asked.asOf, DEFAULT_FACTS_OPTIONS).map((row) => [row['customerId'], row] as const),
  );
  const fact = { tier: 'tier', rfm: 'rfmSegment', lifecycle: 'lifecycle', type: '', region: '' }[by];
  const column = by === 'type' ? 'customer_type' : by;
  const holds = counted.filter((row) => asked.ownership === 'ever' || isActiveOn(row, asked.asOf));
  return eligible.map((customer) => {
    const id = idOf(customer, 'customer_id');
    const segment = (fact === '' ? customer[column] : facts.get(id)![fact]) ?? null;
    const mine = holds.filter((row) => row['customer_id'] === id);
    return { id, segment: segment as string | null, held: new Set(mine.map((row) => idOf(row, 'product_id'))) };
  });
}

/** P(buy) of one who does not have the product, by looking at each customer of the segment. */
function chance(one: Member, product: string, peers: readonly Member[]): number {
  const others = ({ held }: Member) => [...held].filter((id) => id !== product).length;
  const alike = peers.filter((peer) => others(peer) >= others(one));
  return alike.filter(({ held }) => held.has(product)).length / alike.length;
}

function medianOf(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Whom a product has in a segment, and what it is worth there. */
function cellOf(world: WorldRows, { asOf }: NaiveAsked, product: string, peers: readonly Member[]) {
  const owning = peers.filter(({ held }) => held.has(product));
  const day = new Date(Date.parse(asOf) + 86_400_000).toISOString().slice(0, 10);
  const spent = owning.map(({ id }) => {
    const rows = scopeOf(world, { asOf, ownership: 'ever' }).counted.filter(
      (row) => row['customer_id'] === id && row['product_id'] === product,
    );
    return rows.reduce((sum, row) => sum + centsIn(row, { ...EVER, to: day }), 0);
  });
  const median = medianOf(spent);
  return {
    segment: peers[0]!.segment,
    customers: peers.length,
    owners: owning.length,
    ownedShare: owning.length / peers.length,
    medianValue: median === null ? null : median / 100,
  };
}

function productsOf(world: WorldRows, asked: NaiveAsked, members: readonly Member[]): readonly Stored[] {
  return scopeOf(world, asked).products.filter((row) => {
    const day = (row['launch_date'] ?? null) as string | null;
    return day === null || day <= asked.asOf || members.some(({ held }) => held.has(idOf(row, 'product_id')));
  });
}

const named = (row: Stored) => ({
  productId: row['product_id'],
  productName: row['product_name'] ?? null,
  productCategory: row['product_category'] ?? null,
});

export function whitespaceOf(world: WorldRows, asked: NaiveAsked, by: SegmentSet): Row[] {
  const members = membersOf(world, asked, by);
  const groups = [...Map.groupBy(members, ({ segment }) => segment).values()];
  return groups.flatMap((peers) =>
    productsOf(world, asked, members).map((row) => {
      const id = idOf(row, 'product_id');
      const cell = cellOf(world, asked, id, peers);
      const chances = peers.filter(({ held }) => !held.has(id)).map((one) => chance(one, id, peers));
      const buyers = chances.reduce((a, b) => a + b, 0);
      return {
        ...cell,
        ...named(row),
        gap: chances.length,
        probability: chances.length === 0 ? null : buyers / chances.length,
        value: buyers * (cell.medianValue ?? 0),
      };
    }),
  );
}

export function customerWhitespaceOf(world: WorldRows, asked: NaiveAsked, by: SegmentSet, customerId: string): Row[] {
  const members = membersOf(world, asked, by);
  const one = members.find(({ id }) => id === customerId);
  if (one === undefined) return [];
  const peers = members.filter(({ segment }) => segment === one.segment);
  const missing = productsOf(world, asked, members).filter((row) => !one.held.has(idOf(row, 'product_id')));
  return missing.map((row) => {
    const id = idOf(row, 'product_id');
    const cell = cellOf(world, asked, id, peers);
    const probability = chance(one, id, peers);
    return { ...named(row), ...cell, probability, value: probability * (cell.medianValue ?? 0) };
  });
}
