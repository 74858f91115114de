/**
 * Frequent itemsets as a tree: a node is an itemset, its parent is the set without its most frequent item, which is the
 * `code` of the node; codes fall from the root down. Node 0 is the empty set. A subset has a smaller number than its set.
 */
export type ItemsetTree = {
  readonly size: number;
  readonly code: Uint32Array;
  /** Baskets that have all its items. */
  readonly count: Uint32Array;
  readonly parent: Uint32Array;
  readonly length: Uint8Array;
  /** Its children are the nodes from `firstChild` on, `children` of them, their codes ascending. */
  readonly firstChild: Uint32Array;
  readonly children: Uint32Array;
  /** The bound that ended the search before all itemsets were found. What was found is exact and has all its subsets. */
  readonly bound: Bound | undefined;
};

export type Bound = 'maxItemsets' | 'maxSeconds';

/** Room for so many itemsets; memory that is not written to is not taken. */
export function emptyTree(maxItemsets: number): Omit<ItemsetTree, 'size' | 'bound'> {
  const numbers = () => new Uint32Array(maxItemsets + 1);
  return {
    code: numbers(),
    count: numbers(),
    parent: numbers(),
    length: new Uint8Array(maxItemsets + 1),
    firstChild: numbers(),
    children: numbers(),
  };
}

/** The node of the set and one item more, which is more frequent than all of it. It must be there. */
export function childOf({ code, firstChild, children }: ItemsetTree, node: number, item: number): number {
  let low = firstChild[node]!;
  let high = low + children[node]! - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (code[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Codes of an itemset, falling. */
export function codesOf({ code, parent, length }: ItemsetTree, node: number): number[] {
  const codes: number[] = [];
  for (let at = node; length[at]! > 0; at = parent[at]!) codes.unshift(code[at]!);
  return codes;
}
