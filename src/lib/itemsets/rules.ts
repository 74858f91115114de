import { childOf, codesOf, type ItemsetTree } from './tree.ts';

/** Rules with one item on the right: rule r says of the itemset `node[r]` that those who have the rest of it have the item at `place[r]`, too. */
export type Rules = {
  readonly size: number;
  readonly node: Uint32Array;
  /** From 0, for the least frequent item of the set. */
  readonly place: Uint8Array;
  /** The node of the rest. */
  readonly antecedent: Uint32Array;
  /** Whether a more general rule is as good. */
  readonly isRedundant: Uint8Array;
};

/**
 * All rules of the itemsets of two items and more, those of a subset before those of its set. A rule is redundant when
 * one with the same right side and only some of its left side, none of it too, has at least the same confidence (the
 * definition of `is.redundant` in the R package arules; a negative or no improvement of Bayardo, Agrawal and Gunopulos 2000).
 */
export function allRules(tree: ItemsetTree): Rules {
  const starts = startsOf(tree);
  const rests = restsOf(tree, starts);
  // By the same places: the best confidence of its item given the rest or some of it.
  const best = new Float64Array(rests.length);
  const rules = emptyRules(rests.length);
  let size = 0;
  for (let node = 1; node < tree.size; node++) {
    const length = tree.length[node]!;
    for (let place = 0; place < length; place++) {
      const antecedent = rests[starts[node]! + place]!;
      const confidence = tree.count[node]! / tree.count[antecedent]!;
      const general = bestOfSome(starts, rests, best, { node, place, length });
      best[starts[node]! + place] = Math.max(confidence, general);
      if (length === 1) continue;
      rules.node[size] = node;
      rules.place[size] = place;
      rules.antecedent[size] = antecedent;
      rules.isRedundant[size++] = Number(general >= confidence);
    }
  }
  return { ...rules, size };
}

function emptyRules(room: number): Omit<Rules, 'size'> {
  return {
    node: new Uint32Array(room),
    place: new Uint8Array(room),
    antecedent: new Uint32Array(room),
    isRedundant: new Uint8Array(room),
  };
}

/** Where the places of each itemset begin in one array for all. */
function startsOf({ size, length }: ItemsetTree): Uint32Array {
  const starts = new Uint32Array(size + 1);
  for (let node = 0; node < size; node++) starts[node + 1] = starts[node]! + length[node]!;
  return starts;
}

/** For each place of each itemset the node of the set without the item there. */
function restsOf(tree: ItemsetTree, starts: Uint32Array): Uint32Array {
  const rests = new Uint32Array(starts[tree.size]!);
  for (let node = 1; node < tree.size; node++) {
    const parent = tree.parent[node]!;
    const last = tree.length[node]! - 1;
    for (let place = 0; place < last; place++) {
      const rest = rests[starts[parent]! + place]!;
      rests[starts[node]! + place] = childOf(tree, rest, tree.code[node]!);
    }
    rests[starts[node]! + last] = parent;
  }
  return rests;
}

/** The best confidence of the item at the place given some, but not all, of the rest of its set. */
function bestOfSome(
  starts: Uint32Array,
  rests: Uint32Array,
  best: Float64Array,
  { node, place, length }: { node: number; place: number; length: number },
): number {
  let most = 0;
  for (let left = 0; left < length; left++) {
    if (left === place) continue;
    const smaller = rests[starts[node]! + left]!;
    most = Math.max(most, best[starts[smaller]! + (left < place ? place - 1 : place)]!);
  }
  return most;
}

/** The right side of a rule: its code, which is also its node, because codes are numbered as the children of the root are. */
export function consequentOf(tree: ItemsetTree, { node, place }: Rules, rule: number): number {
  let at = node[rule]!;
  for (let up = tree.length[at]! - 1; up > place[rule]!; up--) at = tree.parent[at]!;
  return tree.code[at]!;
}

/** Items of a rule, as codes. */
export function sidesOf(tree: ItemsetTree, { node, place }: Rules, rule: number) {
  const codes = codesOf(tree, node[rule]!);
  const [consequent] = codes.splice(place[rule]!, 1);
  return { antecedent: codes, consequent: consequent! };
}
