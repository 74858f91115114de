import type { Analysis } from '../../src/analysis/define.ts';
import { ANALYSES } from '../../src/features/index.ts';
import { WORLD_DAY } from '../world-rows.ts';

/** The ids of examples, which are of the demo, as this world has them. */
const IDS: Readonly<Record<string, string>> = { C0000001: 'C1', C0000002: 'C2', P00001: 'P1' };
/** What is asked besides the examples, of every list that has the field. */
const LISTED: Readonly<Record<string, object>> = {
  customerId: { sort: '-customerId', limit: 2 },
  productId: { sort: 'productId', total: true },
};

type Params = Readonly<Record<string, unknown>>;
export type Question = { readonly analysis: Analysis; readonly params: Params };

/** Every example of every analysis, and more of lists, about the world of test/world-rows.ts. */
export function questions(): Question[] {
  return ANALYSES.flatMap((analysis) => {
    const examples = analysis.examples.map(({ params }) => params as Params);
    return [...examples, ...listed(analysis, examples[0]!)].map((params) => {
      const asked = JSON.parse(JSON.stringify(params).replaceAll(/C000000\d|P00001/g, (id) => IDS[id]!)) as Params;
      const takesDay = 'asOf' in properties(analysis.params);
      return { analysis, params: { ...(takesDay ? { asOf: WORLD_DAY } : {}), ...asked } };
    });
  });
}

function listed({ listing, row }: Analysis, example: Params): Params[] {
  if (listing === undefined) return [];
  return Object.entries(LISTED).flatMap(([field, more]) => (field in properties(row) ? [{ ...example, ...more }] : []));
}

function properties(schema: object): object {
  return (schema as { properties: object }).properties;
}
