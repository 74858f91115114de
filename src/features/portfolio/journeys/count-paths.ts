import { inSteps, type Turns } from '../../../lib/turns.ts';
import { NONE } from './items.ts';
import { firstOf } from '../../../lib/first-of.ts';

/** A path: its last item, the path without it, how many customers begin with it and how many of these went on. */
export type Path = {
  readonly item: number;
  readonly before: Path | undefined;
  readonly length: number;
  customers: number;
  continued: number;
};

type Asked = { readonly length: number; readonly width: number; readonly minCustomers: number; readonly limit: number };

/**
 * The `limit` most frequent paths of at most `length` items that `minCustomers` take, in the order of `adoptionPaths`, and
 * how many customers have any. `steps` as of `firstSteps`. Level by level: no path is more frequent than the one it
 * begins with, so that only those are followed that can still be among the most frequent.
 */
export async function countPaths(
  steps: Int32Array,
  { length, width, minCustomers, limit }: Asked,
  turn: Turns,
): Promise<{ readonly paths: readonly Path[]; readonly everybody: number }> {
  const customers = steps.length / width;
  /** The number of the path of each customer at the level before; -1 when it is followed no more. */
  const followed = new Int32Array(customers);
  let level: (Path | undefined)[] = [undefined];
  const found = firstOf(limit, byFrequency);
  let everybody = 0;
  for (let depth = 0; depth < length; depth++) {
    const paths: Path[] = [];
    const next = new Map<number, number>();
    const numberOfPath = (parent: number, item: number) => {
      const key = parent * ITEMS + item;
      const known = next.get(key);
      if (known !== undefined) return known;
      next.set(key, paths.length);
      paths.push({ item, before: level[parent], length: depth + 1, customers: 0, continued: 0 });
      return paths.length - 1;
    };
    const count = (from: number, to: number) => {
      for (let customer = from; customer < to; customer++) {
        const parent = followed[customer]!;
        const at = customer * width + depth;
        const item = parent === NONE ? NONE : steps[at]!;
        followed[customer] = item === NONE ? NONE : numberOfPath(parent, item);
        if (item === NONE) continue;
        const path = paths[followed[customer]!]!;
        path.customers += 1;
        if (steps[at + 1] !== NONE) path.continued += 1;
      }
    };
    await inSteps(customers, turn, count);
    if (depth === 0) everybody = paths.reduce((sum, path) => sum + path.customers, 0);
    for (const path of paths) if (path.customers >= minCustomers) found.add(path);
    const most = found.all();
    const least = most.length < limit ? minCustomers : most.at(-1)!.customers;
    for (let c = 0; c < customers; c++)
      if (followed[c] !== NONE && paths[followed[c]!]!.customers < least) followed[c] = NONE;
    level = paths;
  }
  return { paths: found.all(), everybody };
}

/** More than there can be, so that the number of a path and that of an item are one number. */
const ITEMS = 2 ** 31;

function byFrequency(a: Path, b: Path): number {
  return b.customers - a.customers || a.length - b.length || compareItems(a, b);
}

/** Items from the first to the last. */
export function itemsOf(path: Path): number[] {
  return [...(path.before === undefined ? [] : itemsOf(path.before)), path.item];
}

/** Of two paths of one length. */
function compareItems(a: Path, b: Path): number {
  const before = a.before === b.before ? 0 : compareItems(a.before!, b.before!);
  return before || a.item - b.item;
}
