import { sortStretch } from './sort-stretch.ts';

/** Baskets one after another: those of basket b are items[offsets[b]] to items[offsets[b + 1] - 1], ascending, each once. */
export type Baskets = {
  readonly offsets: Uint32Array;
  readonly items: Uint16Array | Uint32Array;
  /** Items are numbers below this one. */
  readonly itemCount: number;
};

/** Some rows as they come, in no order and as often as they come: whose basket, of which day when days part them, and what. */
export type BasketRows = {
  readonly owner: Int32Array;
  readonly day: Int32Array | undefined;
  readonly item: Int32Array;
};

export type BasketInput = {
  readonly parts: readonly BasketRows[];
  /** Owners are numbers below this one. */
  readonly owners: number;
  /** The number that an item is to have, by the number that it has in the rows. */
  readonly rankOf: Uint32Array;
};

/** One basket per owner and day that has a row, owners and days ascending; equal rows count once. */
export function basketsOf({ parts, owners, rankOf }: BasketInput): Baskets {
  const itemCount = rankOf.length;
  const starts = startsByOwner(parts, owners);
  const keys = placedByOwner(parts, starts, rankOf);
  let [size, baskets] = [0, 0];
  // `starts` moved on while rows were placed: it now says where each owner ends.
  for (let owner = 0, from = 0; owner < owners; owner++) {
    const to = starts[owner]!;
    sortStretch(keys, from, to);
    for (let i = from; i < to; i++) {
      if (i > from && keys[i] === keys[i - 1]) continue;
      if (i === from || dayOf(keys[i]!, itemCount) !== dayOf(keys[i - 1]!, itemCount)) baskets += 1;
      size += 1;
    }
    from = to;
  }
  return written(keys, starts, { size, baskets, itemCount });
}

function written(
  keys: Uint32Array | Float64Array,
  ends: Uint32Array,
  { size, baskets, itemCount }: { size: number; baskets: number; itemCount: number },
): Baskets {
  const offsets = new Uint32Array(baskets + 1);
  const items = itemCount <= 65_536 ? new Uint16Array(size) : new Uint32Array(size);
  let [at, basket] = [0, 0];
  for (let owner = 0, from = 0; owner < ends.length; owner++) {
    const to = ends[owner]!;
    for (let i = from; i < to; i++) {
      if (i > from && keys[i] === keys[i - 1]) continue;
      if (i === from || dayOf(keys[i]!, itemCount) !== dayOf(keys[i - 1]!, itemCount)) offsets[basket++] = at;
      items[at++] = keys[i]! % itemCount;
    }
    from = to;
  }
  offsets[basket] = at;
  return { offsets, items, itemCount };
}

function dayOf(key: number, itemCount: number): number {
  return Math.floor(key / itemCount);
}

function startsByOwner(parts: readonly BasketRows[], owners: number): Uint32Array {
  const starts = new Uint32Array(owners);
  for (const { owner } of parts) for (let i = 0; i < owner.length; i++) starts[owner[i]!]! += 1;
  for (let i = 0, sum = 0; i < owners; i++) {
    const count = starts[i]!;
    starts[i] = sum;
    sum += count;
  }
  return starts;
}

/** 0001-01-01 in days since 1970-01-01: no key is negative. */
const FIRST_DAY = -719_162;

/** For each row one number, day x items + item, the rows of an owner side by side. */
function placedByOwner(
  parts: readonly BasketRows[],
  starts: Uint32Array,
  rankOf: Uint32Array,
): Uint32Array | Float64Array {
  const rows = parts.reduce((sum, { owner }) => sum + owner.length, 0);
  const keys = parts.some(({ day }) => day !== undefined) ? new Float64Array(rows) : new Uint32Array(rows);
  for (const { owner, day, item } of parts) {
    for (let i = 0; i < owner.length; i++) {
      const whose = owner[i]!;
      const days = day === undefined ? 0 : day[i]! - FIRST_DAY;
      keys[starts[whose]!++] = days * rankOf.length + rankOf[item[i]!]!;
    }
  }
  return keys;
}
