import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import type { App } from './app-type.ts';
import { homePage, type Link, type ServedData, type Try } from './home-page.ts';
import { sendPage } from './page.ts';
import { problemResponses } from './problems.ts';

export type { ServedData } from './home-page.ts';
export type HomeOptions = { readonly data: () => Promise<ServedData> };

const TITLE = 'Customer Analytics';

/** `/`: where everything is, with three lines to try. A page for browsers, JSON for programs; it answers without a warehouse too. */
export function mountHome(app: App, { data }: HomeOptions): void {
  app.get('/', { schema: SCHEMA }, async (request, reply) => {
    const served = await data().catch(() => undefined);
    const tries = linesToTry(originOf(request), served);
    reply.header('cache-control', 'no-store').header('vary', 'accept');
    if (request.headers.accept?.includes('text/html'))
      return sendPage(
        reply,
        TITLE,
        homePage({ title: TITLE, version: app.serviceVersion, served, tries, links: LINKS }),
      );
    const links = Object.fromEntries(LINKS.map(({ name, href }) => [name, href]));
    return reply.send({
      name: 'customer-analytics',
      version: app.serviceVersion,
      data: served ?? null,
      links,
      try: tries.map(({ line }) => line),
    });
  });
}

const LINKS: readonly Link[] = [
  { name: 'docs', href: '/docs', says: 'every address, with a button to try it' },
  { name: 'analyses', href: '/v1/analyses', says: 'the questions that can be asked' },
  { name: 'openapi', href: '/openapi.json', says: 'the same as OpenAPI 3.1, for generators' },
  { name: 'errors', href: '/docs/errors', says: 'what can go wrong, and what to do' },
  { name: 'health', href: '/health', says: 'state of the service and of its warehouse' },
  { name: 'metrics', href: '/metrics', says: 'figures for Prometheus' },
];

const EXAMPLE = {
  name: 'customer-analytics',
  version: '1.0.0',
  data: { source: 'demo', isDemo: true, asOf: '2026-01-31', customers: 10_000, products: 500, relationships: 100_000 },
  links: { docs: '/docs', analyses: '/v1/analyses' },
  try: ["curl 'http://127.0.0.1:8000/v1/analyses/ownership.summary'"],
};

const SCHEMA = {
  operationId: 'getIndex',
  summary: 'Name, version, data served, and where everything is',
  tags: ['service'],
  response: {
    200: {
      description: 'The index; a page when the client accepts text/html.',
      content: {
        'application/json': { schema: Type.Object({}, { additionalProperties: true, examples: [EXAMPLE] }) },
        'text/html': { schema: Type.String() },
      },
    },
    ...problemResponses(),
  },
};

function linesToTry(origin: string, served: ServedData | undefined): readonly Try[] {
  const line = (path: string): string => `curl '${origin}${path}'`;
  const { customerId, productId } = served ?? {};
  return [
    customerId === undefined
      ? { says: 'The first customers', line: line('/v1/customers?limit=5') }
      : {
          says: 'Which products does this customer have?',
          line: line(`/v1/customers/${segment(customerId)}/products`),
        },
    productId === undefined
      ? { says: 'The first products', line: line('/v1/products?limit=5') }
      : { says: 'Who has this product?', line: line(`/v1/products/${segment(productId)}/customers`) },
    { says: 'Who owns what, in one table', line: line('/v1/analyses/ownership.summary') },
  ];
}

/** An id as part of an address inside single quotes of a shell. */
function segment(id: string): string {
  return encodeURIComponent(id).replaceAll("'", '%27');
}

/** The address that the client used, as far as it can be pasted into a shell. */
function originOf(request: FastifyRequest): string {
  const isPlain = /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d+)?$/i.test(request.host);
  return `${request.protocol}://${isPlain ? request.host : 'localhost'}`;
}
