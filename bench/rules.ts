/*
 * Association rules of Groceries (Hahsler, Hornik and Reutterer 2006) at support 0.001 and confidence 0.8: baskets, frequent
 * itemsets, rules and their tests, in a compute thread. Nothing where the set is not there.
 */
import { readFileSync } from 'node:fs';
import { computePool } from '../src/lib/compute/pool.ts';
import { referenceData } from '../test/reference-data.ts';
import type { Figure } from './figures.ts';
import { median } from './load.ts';
import { rounds } from './effort.ts';

const ROUNDS = rounds(9);
const RULES = 410;
const ASKED = { minSupport: 0.001, minCount: 1, minConfidence: 0.8, minLift: 0, minLength: 2, maxLength: 10 } as const;
const BOUNDS = { maxItemsets: 1_000_000, maxSeconds: 20, keepsRedundant: true, sort: 'lift', limit: 1000 } as const;

export async function rulesFigures(): Promise<Figure[]> {
  const file = referenceData('groceries/groceries.csv');
  if (file === undefined) return [];
  const input = { ...basketsIn(file), ...ASKED, ...BOUNDS };
  const compute = computePool({ size: 1 });
  try {
    const seconds: number[] = [];
    // The first round warms the thread up.
    for (let round = 0; round <= ROUNDS; round++) {
      const started = performance.now();
      const { total } = await compute.run('rules', input);
      if (total !== RULES) throw new Error(`${total} rules of Groceries, not ${RULES}`);
      if (round > 0) seconds.push((performance.now() - started) / 1000);
    }
    return [{ name: 'rules of Groceries, 0.001 / 0.8', value: median(seconds), unit: 's', better: 'lower', aim: 0.2 }];
  } finally {
    await compute.close();
  }
}

function basketsIn(file: string) {
  const baskets = readFileSync(file, 'utf8').trim().split('\n');
  const entries = baskets.flatMap((line, owner) => line.split(',').map((name) => ({ owner, name })));
  const ranks = new Map([...new Set(entries.map(({ name }) => name))].sort().map((name, rank) => [name, rank]));
  const part = {
    owner: Int32Array.from(entries, ({ owner }) => owner),
    item: Int32Array.from(entries, ({ name }) => ranks.get(name)!),
    day: undefined,
  };
  return { parts: [part], owners: baskets.length, rankOf: Uint32Array.from(ranks.values()) };
}
