import { inSteps, type Turns } from '../../../lib/turns.ts';
import { NONE } from './first-steps.ts';

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
  let found: Path[] = [];
  let everybody = 0;
  for (let depth = 0; depth < length; depth++) {
    const next = new Map<number, number>();
    const paths: Path[] = [];
    const itemCount = 2 ** 31;
    const count = (from: number, to: number) => {
      for (let customer = from; customer < to; customer++) {
        const parent = followed[customer]!;
        const at = customer * width + depth;
        const item = parent < 0 ? NONE : steps[at]!;
        followed[customer] = NONE;
        if (item === NONE) continue;
        const key = parent * itemCount + item;
        let number = next.get(key);
        if (number === undefined) {
          number = paths.length;
          next.set(key, number);
          paths.push({ item, before: level[parent], length: depth + 1, customers: 0, continued: 0 });
        }
        const path = paths[number]!;
        path.customers += 1;
        if (steps[at + 1] !== NONE) path.continued += 1;
        followed[customer] = number;
      }
    };
    await inSteps(customers, turn, count);
    if (depth === 0) everybody = paths.reduce((sum, path) => sum + path.customers, 0);
    found = mostFrequent([...found, ...paths.filter((path) => path.customers >= minCustomers)], limit);
    const least = found.length < limit ? minCustomers : found.at(-1)!.customers;
    for (let c = 0; c < customers; c++)
      if (followed[c]! >= 0 && paths[followed[c]!]!.customers < least) followed[c] = NONE;
    level = paths;
  }
  return { paths: found, everybody };
}

function mostFrequent(paths: Path[], limit: number): Path[] {
  return paths.sort((a, b) => b.customers - a.customers || a.length - b.length || compareItems(a, b)).slice(0, limit);
}

/** Items from the first to the last. */
export function itemsOf(path: Path): number[] {
  return [...(path.before === undefined ? [] : itemsOf(path.before)), path.item];
}

function compareItems(a: Path, b: Path): number {
  const [x, y] = [itemsOf(a), itemsOf(b)];
  const at = x.findIndex((item, i) => item !== y[i]);
  return at < 0 ? 0 : x[at]! - y[at]!;
}
