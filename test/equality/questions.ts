import { ANALYSES } from '../../src/features/index.ts';
import { WORLD_DAY } from '../world-rows.ts';

/** The ids of examples, which are of the demo, as this world has them. */
const IDS: Readonly<Record<string, string>> = { C0000001: 'C1', C0000002: 'C2', P00001: 'P1' };
/** What is asked besides the examples, of every list that takes it. */
const LISTED = [
  { sort: '-customerId', limit: 2 },
  { sort: 'productId', total: true },
];

export type Question = { readonly analysis: string; readonly params: Readonly<Record<string, unknown>> };

/** Every example of every analysis, and more of lists, about the world of test/world-rows.ts. */
export function questions(): Question[] {
  return ANALYSES.flatMap((analysis) =>
    [...analysis.examples.map(({ params }) => params), ...(analysis.listing === undefined ? [] : LISTED)].map(
      (params) => {
        const asked = JSON.parse(JSON.stringify(params).replaceAll(/C000000\d|P00001/g, (id) => IDS[id]!)) as object;
        const takesDay = 'asOf' in (analysis.params as { properties?: object }).properties!;
        return { analysis: analysis.name, params: { ...(takesDay ? { asOf: WORLD_DAY } : {}), ...asked } };
      },
    ),
  );
}

/** Rows to be compared: those of an analysis that is no list are in no order. */
export function rowsOf(analysis: string, data: unknown): unknown {
  const rows = plain(data);
  const isList = ANALYSES.find((one) => one.name === analysis)!.listing !== undefined;
  if (isList || !Array.isArray(rows)) return rows;
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** Equal to the last digit, floats to 1e-9 of their size. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(9));
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
