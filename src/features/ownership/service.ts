import { AppError } from '../../lib/app-error.ts';
import type { KnownProduct } from '../../analysis/product-directory.ts';
import { compareText } from '../../lib/compare-text.ts';

type Lists = { readonly customerIds?: readonly string[]; readonly productIds?: readonly string[] };

/** The params, when exactly one of the two lists is there. Throws request.invalid. */
export function requireOneList<P extends Lists>(params: P): P {
  if ((params.customerIds === undefined) !== (params.productIds === undefined)) return params;
  throw new AppError('request.invalid', 'send either customerIds or productIds', {
    errors: [{ pointer: '', detail: 'needs exactly one of customerIds and productIds' }],
  });
}

/** One sentence that names the ids that do not exist. */
export function sayUnknown(rows: readonly Record<string, unknown>[]): string[] {
  if (rows.length === 0) return [];
  const total = Number(rows[0]!['unknown']);
  const shown = rows.map(({ id }) => JSON.stringify(id)).join(', ');
  return [`${total} of the ids do not exist: ${shown}${total > rows.length ? ', …' : ''}`];
}

/** Sums over no relationships are 0; a mean over no owners stays null. */
export function sumsOrZero(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value ?? (name === 'relationshipsPerOwner' ? null : 0)]),
    ),
  );
}

export type HeldRelationship = {
  readonly productId: string;
  /** Null where only products are asked for. */
  readonly relationshipId: string | null;
  readonly relationshipType: string | null;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly value: number | string | null;
  readonly valueKind: 'once' | 'monthly';
};
type Asked = {
  readonly ownership: 'active' | 'ever';
  readonly grain: 'product' | 'relationship';
  readonly asOf: string;
};

/** What is said of a product that no row describes. */
export const UNKNOWN_PRODUCT: KnownProduct = {
  productName: null,
  productCategory: null,
  productType: null,
  productStatus: null,
};

/**
 * One row per product (or relationship) that is owned, as `productsOfCustomer` in queries.ts has it. Undefined when a
 * value or a sum of cents is beyond what a number holds exactly, or a date beyond what sorts as text.
 */
export function productsFrom(
  held: readonly HeldRelationship[],
  products: ReadonlyMap<string, KnownProduct>,
  { ownership, grain, asOf }: Asked,
): Record<string, unknown>[] | undefined {
  if (!held.every(({ startDate, endDate }) => isFourDigitYear(startDate) && isFourDigitYear(endDate))) return undefined;
  const groups = new Map<string, HeldRelationship[]>();
  for (const one of held) {
    const isOwned = ownership === 'active' ? isActive(one, asOf) : one.startDate !== null && one.startDate <= asOf;
    if (!isOwned) continue;
    const key = grain === 'product' ? one.productId : JSON.stringify([one.productId, one.relationshipId]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const rows = [...groups.values()].map((group) => ({
    productId: group[0]!.productId,
    ...(products.get(group[0]!.productId) ?? UNKNOWN_PRODUCT),
    relationshipId: grain === 'relationship' ? group[0]!.relationshipId : null,
    ...holding(group, asOf),
  }));
  return rows.every(({ valueOnce, valueMonthly }) => valueOnce !== undefined && valueMonthly !== undefined)
    ? rows
    : undefined;
}

function isFourDigitYear(day: string | null): boolean {
  return day === null || day.length === 'YYYY-MM-DD'.length;
}

/** Holds on the day: started, and not yet ended (half-open). Dates are ISO texts of one length, so their order is time's. */
function isActive({ startDate, endDate }: HeldRelationship, day: string): boolean {
  return startDate !== null && startDate <= day && (endDate === null || endDate > day);
}

function holding(group: readonly HeldRelationship[], asOf: string) {
  const active = group.filter((one) => isActive(one, asOf));
  const starts = group.map(({ startDate }) => startDate);
  const ends = group.map(({ endDate }) => endDate);
  return {
    relationships: group.length,
    relationshipType: least(group.map(({ relationshipType }) => relationshipType)),
    firstStart: least(starts),
    lastStart: greatest(starts),
    endDate: ends.includes(null) ? null : greatest(ends),
    isActive: active.length > 0,
    valueOnce: sumOfCents(group.filter(({ valueKind }) => valueKind === 'once')),
    valueMonthly: sumOfCents(active.filter(({ valueKind }) => valueKind === 'monthly')),
  };
}

/** Cents are summed as whole numbers: a sum of decimals, not of binary fractions. Nulls count as nothing. */
function sumOfCents(group: readonly HeldRelationship[]): number | undefined {
  let cents = 0;
  for (const { value } of group) {
    if (typeof value === 'string') return undefined;
    cents += Math.round((value ?? 0) * 100);
    if (!Number.isSafeInteger(cents)) return undefined;
  }
  return cents / 100;
}

function least(texts: readonly (string | null)[]): string | null {
  return texts.reduce((a, b) => (a === null || (b !== null && compareText(b, a) < 0) ? b : a), null);
}

function greatest(texts: readonly (string | null)[]): string | null {
  return texts.reduce((a, b) => (a === null || (b !== null && compareText(b, a) > 0) ? b : a), null);
}
