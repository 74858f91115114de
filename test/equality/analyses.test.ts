import { expect, onTestFinished, test } from 'vitest';
import { ANALYSES } from '../../src/features/index.ts';
import { openWorld } from '../world.ts';
import { TINY, WORLD_DAY } from '../world-rows.ts';
import { accountWorld } from './account-world.ts';

/** The ids of examples, which are of the demo, as this world has them. */
const IDS: Readonly<Record<string, string>> = { C0000001: 'C1', C0000002: 'C2', P00001: 'P1' };
/** What is asked besides the examples, of every list that takes it. */
const LISTED = [
  { sort: '-customerId', limit: 2 },
  { sort: 'productId', total: true },
];

/** Analyses that are no list have rows in no order. */
const isList = (name: string) => ANALYSES.find((one) => one.name === name)!.listing !== undefined;
const rowsOf = (analysis: string, data: unknown) => {
  const rows = plain(data);
  if (isList(analysis) || !Array.isArray(rows)) return rows;
  return rows.map((row) => JSON.stringify(row)).sort();
};

type Example = { readonly analysis: string; readonly params: Readonly<Record<string, unknown>> };

function questions(): Example[] {
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

/** Equal to the last digit, floats to 1e-9 of their size. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(9));
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

test('every example of every analysis answers the same on DuckDB and, through the driver, on a stand-in for Snowflake', async () => {
  const world = await openWorld({ rows: TINY });
  onTestFinished(() => world.close());
  const service = await accountWorld(TINY);
  const asked = questions();
  expect(new Set(asked.map(({ analysis }) => analysis))).toEqual(new Set(ANALYSES.map(({ name }) => name)));
  for (const { analysis, params } of asked) {
    const request = {
      method: 'POST',
      url: `/v1/analyses/${analysis}`,
      headers: { host: 'test' },
      payload: params,
    } as const;
    const [ours, theirs] = [await world.app.inject(request), await service.current().app.inject(request)];
    const said = `${analysis} ${JSON.stringify(params)}`;
    expect([said, theirs.statusCode]).toEqual([said, ours.statusCode]);
    const [one, other] = [ours.json<{ data?: unknown }>(), theirs.json<{ data?: unknown }>()];
    expect({ said, rows: rowsOf(analysis, other.data) }).toEqual({ said, rows: rowsOf(analysis, one.data) });
  }
});
