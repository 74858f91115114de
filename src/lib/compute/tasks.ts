import { frequentItemsets, type ItemsetsInput } from '../itemsets/frequent-itemsets.ts';
import { clustering } from '../stats/clustering.ts';

const now = () => performance.now();

/** What a compute thread can do: pure functions by name. Input and output cross by structured clone. */
export const TASKS = Object.freeze({
  'k-means': clustering,
  itemsets: (input: ItemsetsInput) => frequentItemsets(input, now),
});

export type Tasks = typeof TASKS;
