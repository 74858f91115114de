import { ANALYSES } from '../../src/features/index.ts';
import type { Analysis } from '../../src/analysis/define.ts';
import { withQuery, type Reply } from '../world-client.ts';
import { openWorld, type World } from '../world.ts';
import { TINY } from '../world-rows.ts';

/** The tiny world, and the ids that examples speak of, which are those of the demo data. */
const ROWS = {
  customers: [...TINY.customers, { customer_id: 'C0000001', customer_name: 'First' }, { customer_id: 'C0000002' }],
  products: [...TINY.products, { product_id: 'P00001', product_name: 'First', product_category: 'Electronics' }],
  customer_products: [
    ...TINY.customer_products,
    {
      relationship_id: 'R000000001',
      customer_id: 'C0000001',
      product_id: 'P00001',
      start_date: '2024-01-01',
      value: 9.5,
    },
    {
      relationship_id: 'R000000002',
      customer_id: 'C0000002',
      product_id: 'P00001',
      start_date: '2024-02-01',
      value: 1,
    },
    { relationship_id: 'R000000003', customer_id: 'C0000001', product_id: 'P1', start_date: '2024-01-08', value: 2 },
  ],
};

/** Every example of every analysis. */
export const EXAMPLES = ANALYSES.flatMap((analysis) =>
  analysis.examples.map(({ title, params }) => ({
    label: `${analysis.name}: ${title}`,
    analysis,
    params: params as Readonly<Record<string, unknown>>,
  })),
);
export const FORMATS = ['json', 'csv', 'ndjson'] as const;

export const openContractWorld = () => openWorld({ rows: ROWS });

export const addressOf = ({ name }: Analysis) => `/v1/analyses/${name}`;

/** The address with the params in their places; what is left belongs into the query or the body. */
export function ownAddress({ path = '' }: Analysis, params: Readonly<Record<string, unknown>>) {
  const inPath = (name: string) => path.includes(`{${name}}`);
  return {
    path: `/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))}`,
    rest: Object.fromEntries(Object.entries(params).filter(([name]) => !inPath(name))),
  };
}

/** GET at /v1/analyses/{name}; throws with the problem when it is refused. */
export async function answerTo(
  world: World,
  analysis: Analysis,
  params: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  return answered(await world.get(withQuery(addressOf(analysis), params)));
}

export function answered(reply: Reply): Reply {
  if (reply.status === 200) return reply;
  throw new Error(`${reply.status} ${reply.text}`);
}

export type Operation = {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { name: string; in: string; description?: string }[];
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: object }>> }>>;
};
export type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
};

export async function openApiOf(world: World): Promise<OpenApi> {
  return JSON.parse((await world.get('/openapi.json')).text) as OpenApi;
}
