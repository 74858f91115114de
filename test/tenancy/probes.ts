import { ANALYSES } from '../../src/features/index.ts';
import { withQuery, type Client } from '../world-client.ts';

/** A question that would show rows of others if anything did; with a body it is a POST. */
type Probe = { readonly path: string; readonly body?: object; readonly isRecord?: boolean };

const FACETS = [
  ['customers', 'status,region,attributes.tier,attributes.score'],
  ['products', 'status,productCategory,attributes.weight'],
  ['relationships', 'relationshipType,value,attributes.channel'],
] as const;

/** Examples speak of ids of the demo data; these are in the tiny world. */
function tiny(path: string): string {
  return path.replaceAll('C0000001', 'C1').replaceAll('C0000002', 'C2').replaceAll('P00001', 'P1');
}

/** Every example of every analysis, and questions about ids that both tenants, or only the other, have. */
export function probesFor(strange: string): Probe[] {
  const examples = ANALYSES.flatMap(({ name, examples: list }) =>
    list.map(({ params }) => ({ path: tiny(withQuery(`/v1/analyses/${name}`, params)) })),
  );
  const lists = FACETS.flatMap(([list, facets]) => [
    { path: withQuery(`/v1/${list}`, { total: true, facets, limit: 1000 }) },
    { path: withQuery(`/v1/${list}`, { q: strange, total: true, facets }) },
    { path: `/v1/${list}/${strange}`, isRecord: true },
  ]);
  const paths = [
    '/v1/customers?sort=-customerName&limit=2',
    '/v1/customers/C1/products?ownership=ever&grain=relationship',
    '/v1/customers/C5/products',
    `/v1/customers/${strange}/products`,
    '/v1/products/P1/customers?ownership=ever',
    '/v1/products/P5/customers',
    `/v1/products/${strange}/customers`,
    '/v1/datasets',
  ].map((path) => ({ path }));
  return [
    ...examples,
    ...lists,
    ...paths,
    { path: '/v1/customers/C1', isRecord: true },
    { path: '/v1/relationships/R01', isRecord: true },
    { path: '/v1/ownership', body: { customerIds: ['C1', 'C5', strange], ownership: 'ever' } },
    { path: '/v1/ownership', body: { productIds: ['P1', 'P5', strange] } },
  ];
}

/** What is answered to each probe, one text each, without what differs from run to run. */
export async function answersTo(client: Client, probes: readonly Probe[], format: string): Promise<string[]> {
  const answers: string[] = [];
  for (const { path, body, isRecord = false } of probes) {
    const url = isRecord ? path : `${path}${path.includes('?') ? '&' : '?'}format=${format}`;
    const { status, text } = body === undefined ? await client.get(url) : await client.post(url, body);
    answers.push(`${url} ${status} ${steady(text)}`);
  }
  return answers;
}

/** Without cursors, timing, cache state and the count of writes; streamed rows, which come in any order, sorted. */
function steady(text: string): string {
  const bare = text
    .replaceAll(/"(?:nextCursor|requestId|cache)":"[^"]*"/g, '')
    .replaceAll(/"(?:timing|dataVersion)":\{[^}]*\}|"built":\[[^\]]*\]/g, '');
  return bare
    .split(/\n|(?<=\}),(?=\{)|(?<=\{"data":\[)|(?=\],")/)
    .sort()
    .join('\n');
}
