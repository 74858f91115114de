import { randomUUID } from 'node:crypto';
import { sortedPlaces } from '../../lib/sort-texts.ts';
import { inSteps, type Turns } from '../../lib/turns.ts';
import { dayTexts, type Snapshot } from './shape.ts';
import type { Whole } from './whole.ts';

/** Entries as they came, customers, products and types numbered in order of arrival (types from 1 on; 0 is none). */
export type Arrived = {
  readonly rows: number;
  readonly customers: readonly string[];
  readonly products: readonly string[];
  readonly types: readonly string[];
  /** Whether the value of a type is an amount per month. */
  readonly isMonthly: (type: string | null) => boolean;
  readonly customer: Int32Array;
  readonly product: Whole;
  readonly type: Whole;
  readonly start: Whole;
  readonly end: Whole;
  readonly cents: Whole;
  /** Of customers by number. */
  readonly unsure: ReadonlySet<number>;
  readonly isWhole: boolean;
};

/** The snapshot of entries in any order: ids and types get the numbers of their order, entries are moved if they must be. */
export async function arranged(arrived: Arrived, turn: Turns): Promise<Snapshot> {
  const { rows } = arrived;
  const customers = await inOrder(arrived.customers, turn);
  const products = await inOrder(arrived.products, turn);
  const types = await inOrder(arrived.types, turn);
  const customer = arrived.customer.subarray(0, rows);
  const product = arrived.product.subarray(0, rows);
  await rename(customer, customers.names, turn);
  await rename(product, products.names, turn);
  const typeNames = types.names && Uint32Array.of(0, ...types.names.map((number) => number + 1));
  await rename(arrived.type, typeNames, turn);
  const sizes = { customers: customers.ids.length, products: products.ids.length };
  const places = (await isOrdered(customer, product, turn))
    ? undefined
    : await placesOf(customer, product, sizes, turn);
  const move = async (values: Whole) => {
    const used = values.subarray(0, rows);
    return places === undefined ? used : moved(used, places, turn);
  };
  const namesOfTypes = [null, ...types.ids];
  const arrangedProduct = await move(product);
  const byProduct = await grouped(arrangedProduct, sizes.products, undefined, turn);
  return {
    id: randomUUID(),
    customers: customers.ids,
    products: products.ids,
    types: namesOfTypes,
    isMonthly: namesOfTypes.map(arrived.isMonthly),
    offsets: await offsetsOf(customer, sizes.customers, turn),
    product: arrangedProduct,
    type: await move(arrived.type),
    start: await move(arrived.start),
    end: await move(arrived.end),
    cents: await move(arrived.cents),
    byProduct: byProduct.members,
    productOffsets: byProduct.offsets,
    unsure: new Set([...arrived.unsure].map((c) => arrived.customers[c]!)),
    isWhole: arrived.isWhole,
    dayText: dayTexts(),
  };
}

/** Texts in order, and the place there of each; no places when they came in order. */
async function inOrder(
  texts: readonly string[],
  turn: Turns,
): Promise<{ readonly ids: readonly string[]; readonly names: Uint32Array | undefined }> {
  const order = await sortedPlaces(texts, turn);
  if (order === undefined) return { ids: texts, names: undefined };
  const names = new Uint32Array(order.length);
  const ids: string[] = [];
  await inSteps(order.length, turn, (from, to) => {
    for (let place = from; place < to; place++) {
      ids.push(texts[order[place]!]!);
      names[order[place]!] = place;
    }
  });
  return { ids, names };
}

async function rename(numbers: Whole, names: Uint32Array | undefined, turn: Turns): Promise<void> {
  if (names === undefined) return;
  await inSteps(numbers.length, turn, (from, to) => {
    for (let i = from; i < to; i++) numbers[i] = names[numbers[i]!]!;
  });
}

async function isOrdered(customer: Whole, product: Whole, turn: Turns): Promise<boolean> {
  let is = true;
  await inSteps(customer.length, turn, (from, to) => {
    for (let i = Math.max(1, from); is && i < to; i++) {
      const step = customer[i]! - customer[i - 1]! || product[i]! - product[i - 1]!;
      is = step >= 0;
    }
  });
  return is;
}

/** Where each entry goes so that they are by customer, and by product within one. */
async function placesOf(
  customer: Whole,
  product: Whole,
  sizes: { readonly customers: number; readonly products: number },
  turn: Turns,
): Promise<Uint32Array> {
  const byProduct = await grouped(product, sizes.products, undefined, turn);
  const { members } = await grouped(customer, sizes.customers, byProduct.members, turn);
  const places = byProduct.members;
  await inSteps(members.length, turn, (from, to) => {
    for (let place = from; place < to; place++) places[members[place]!] = place;
  });
  return places;
}

async function moved(values: Whole, places: Uint32Array, turn: Turns): Promise<Whole> {
  // Not a copy: that would be one long stretch.
  const to = new (values.constructor as new (length: number) => Whole)(values.length);
  await inSteps(values.length, turn, (from, end) => {
    for (let i = from; i < end; i++) to[places[i]!] = values[i]!;
  });
  return to;
}

/** Entries by their number, a counting sort that keeps the order in which they are taken: as they are, or in `order`. */
async function grouped(
  numbers: Whole,
  count: number,
  order: Uint32Array | undefined,
  turn: Turns,
): Promise<{ readonly offsets: Uint32Array; readonly members: Uint32Array }> {
  const offsets = await offsetsOf(numbers, count, turn);
  const next = offsets.slice();
  const members = new Uint32Array(numbers.length);
  await inSteps(numbers.length, turn, (from, to) => {
    for (let i = from; i < to; i++) {
      const entry = order === undefined ? i : order[i]!;
      members[next[numbers[entry]!]!++] = entry;
    }
  });
  return { offsets, members };
}

/** Where the entries of each number begin when they are in order. */
async function offsetsOf(numbers: Whole, count: number, turn: Turns): Promise<Uint32Array> {
  const offsets = new Uint32Array(count + 1);
  await inSteps(numbers.length, turn, (from, to) => {
    for (let i = from; i < to; i++) offsets[numbers[i]! + 1]! += 1;
  });
  await inSteps(count, turn, (from, to) => {
    for (let n = from; n < to; n++) offsets[n + 1]! += offsets[n]!;
  });
  return offsets;
}
