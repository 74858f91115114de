import type { Analysis } from '../../src/analysis/define.ts';

type Row = Readonly<Record<string, unknown>>;
export type Answer = {
  readonly data: readonly Row[];
  readonly page?: { readonly total?: number };
  readonly meta: { readonly columns: readonly { readonly name: string; readonly type: string }[] };
};

/** Engines add doubles in other orders. */
const SAME = 1e-9;

/**
 * Both answers as they are to be equal: everything to the last digit but doubles, where theirs is ours when it differs
 * by a billionth of its size at most. Rows of an analysis that is no list are in no order.
 */
export function comparable({ listing }: Analysis, ours: Answer, theirs: Answer) {
  const doubles = ours.meta.columns.filter(({ type }) => type === 'double').map(({ name }) => name);
  const ordered = ({ data }: Answer) => (listing === undefined ? sorted(data, doubles) : data);
  const first = ordered(ours);
  const second = ordered(theirs).map((row, i) => ({ ...row, ...near(doubles, first[i], row) }));
  const rest = ({ meta, page }: Answer) => ({ columns: meta.columns, total: page?.total });
  return [
    { ...rest(ours), rows: first },
    { ...rest(theirs), rows: second },
  ] as const;
}

function near(doubles: readonly string[], ours: Row | undefined, theirs: Row): Row {
  const same = doubles.filter((name) => isNear(ours?.[name], theirs[name]));
  return Object.fromEntries(same.map((name) => [name, ours![name]]));
}

function isNear(a: unknown, b: unknown): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  return Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b));
}

/** By what is exact, then by the first digits of doubles. */
function sorted(rows: readonly Row[], doubles: readonly string[]): readonly Row[] {
  const isDouble = (name: string) => doubles.includes(name);
  const keyOf = (row: Row) => {
    const exact = Object.entries(row).filter(([name]) => !isDouble(name));
    const rounded = doubles.map((name) => (typeof row[name] === 'number' ? row[name].toPrecision(6) : row[name]));
    return JSON.stringify([exact, rounded]);
  };
  const keyed = rows.map((row) => [keyOf(row), row] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, row]) => row);
}
