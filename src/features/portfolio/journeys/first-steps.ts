import { isCountedEntry } from '../../../analysis/snapshot/holdings.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import { inSteps, type Turns } from '../../../lib/turns.ts';
import { NONE } from './items.ts';

/** What is asked of everybody's journey; days are numbers. */
export type JourneyQuestion = {
  /** By product number: its item, -1 for none. Items are numbered in the order of their ids. */
  readonly items: Int32Array;
  readonly itemCount: number;
  readonly asOf: number;
  /** The first step lies in [from, to). */
  readonly from: number;
  readonly to: number;
  /** Steps that are kept of each customer. */
  readonly width: number;
};

/** Customers between two looks at the clock. */
const STEPS = 2 ** 11;

/** The first items that each customer adopted, in order: `width` numbers for each, the rest NONE; those outside of the period have none at all. */
export async function firstSteps(snapshot: Snapshot, question: JourneyQuestion, turn: Turns): Promise<Int32Array> {
  const { from, to, width } = question;
  const steps = new Int32Array(snapshot.customers.length * width).fill(NONE);
  const adopted = adoptionsOf(snapshot, question);
  const days = new Int32Array(width);
  const place = (customer: number) => {
    const { touched, firsts } = adopted(customer);
    const at = customer * width;
    let count = 0;
    for (const item of touched) {
      const day = firsts[item]!;
      // Insertion into the few first ones, by day and then by item.
      let i = count < width ? count++ : width;
      for (; i > 0 && isBefore(day, item, days[i - 1]!, steps[at + i - 1]!); i--) {
        if (i === width) continue;
        days[i] = days[i - 1]!;
        steps[at + i] = steps[at + i - 1]!;
      }
      if (i === width) continue;
      days[i] = day;
      steps[at + i] = item;
    }
    if (count > 0 && (days[0]! < from || days[0]! >= to)) steps.fill(NONE, at, at + width);
  };
  const some = (first: number, end: number) => {
    for (let customer = first; customer < end; customer++) place(customer);
  };
  await inSteps(snapshot.customers.length, turn, some, STEPS);
  return steps;
}

const isBefore = (day: number, item: number, otherDay: number, otherItem: number) =>
  day < otherDay || (day === otherDay && item < otherItem);

/** Of a customer: the items, each once, and the day of the first counted start by item. Overwritten by the next call. */
function adoptionsOf(snapshot: Snapshot, { items, itemCount, asOf }: JourneyQuestion) {
  const { offsets, product, start } = snapshot;
  const firsts = new Int32Array(itemCount);
  const seenBy = new Int32Array(itemCount).fill(-1);
  let touched: number[] = [];
  return (customer: number) => {
    touched = [];
    for (let entry = offsets[customer]!; entry < offsets[customer + 1]!; entry++) {
      const item = items[product[entry]!]!;
      if (item < 0 || !isCountedEntry(snapshot, entry, asOf)) continue;
      const began = start[entry]!;
      if (seenBy[item] !== customer) {
        seenBy[item] = customer;
        firsts[item] = began;
        touched.push(item);
      } else if (began < firsts[item]!) firsts[item] = began;
    }
    return { touched, firsts };
  };
}
