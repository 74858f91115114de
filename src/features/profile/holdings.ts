import { compareText } from '../../lib/compare-text.ts';

export type Row = Readonly<Record<string, unknown>>;

/** One entry per category of products that the customer has or had, by name, those without a category last. */
export function holdings(products: readonly Row[]): readonly Row[] {
  const ever = products.filter(({ firstStart }) => firstStart !== null).sort(by('productId'));
  const categories = Map.groupBy(ever, ({ productCategory }) => productCategory as string | null);
  return [...categories]
    .map(([category, held]) => ({
      category,
      active: held.filter(isActive).length,
      ever: held.length,
      products: held.map((one) => ({
        ...pick(one, ['productId', 'productName', 'firstStart', 'lastStart']),
        isActive: isActive(one),
      })),
    }))
    .sort(by('category'));
}

function isActive({ active }: Row): boolean {
  return Number(active) > 0;
}

/** By a text, what has none last. */
function by(name: string): (a: Row, b: Row) => number {
  return (a, b) => {
    const [one, other] = [a[name] as string | null, b[name] as string | null];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return compareText(one, other);
  };
}

/** Earliest start; null without any. */
export function firstStart(products: readonly Row[]): string | null {
  return inOrder(products, 'firstStart')[0] ?? null;
}

/** Latest start; null without any. */
export function lastStart(products: readonly Row[]): string | null {
  return inOrder(products, 'lastStart').at(-1) ?? null;
}

function inOrder(products: readonly Row[], name: string): readonly string[] {
  return products.flatMap((one) => (one[name] as string | null) ?? []).sort(compareText);
}

export function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
