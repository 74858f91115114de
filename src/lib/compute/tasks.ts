import { rankBeside, rankList, rankRange } from '../co-occurrence/rank-pairs.ts';
import { associationRules, type RulesInput } from '../itemsets/association-rules.ts';
import { frequentItemsets, type ItemsetsInput } from '../itemsets/frequent-itemsets.ts';
import { evaluateSplit } from '../recommend/evaluation.ts';
import { hitRates } from '../recommend/hit-rates.ts';
import { itemRanks } from '../recommend/item-ranks.ts';
import { recommendRows } from '../recommend/recommend-rows.ts';
import { neighbours } from '../recommend/neighbours.ts';
import { benjaminiHochberg, type Tests } from '../stats/benjamini-hochberg.ts';
import { clustering } from '../stats/clustering.ts';
import { concentrationOf } from '../stats/concentration.ts';

const now = () => performance.now();

/** What a compute thread can do: pure functions by name. Input and output cross by structured clone. */
export const TASKS = Object.freeze({
  'k-means': clustering,
  concentration: concentrationOf,
  'pairs-of-range': rankRange,
  'pairs-beside': rankBeside,
  'pairs-listed': rankList,
  'adjusted-probabilities': ({ tested, asked }: Tests) => benjaminiHochberg(tested, asked),
  'evaluate-split': evaluateSplit,
  neighbours,
  'hit-rates': hitRates,
  'item-ranks': itemRanks,
  'recommend-rows': recommendRows,
  itemsets: (input: ItemsetsInput) => frequentItemsets(input, now),
  rules: (input: RulesInput) => associationRules(input, now),
});

export type Tasks = typeof TASKS;
