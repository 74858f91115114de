import { fieldsOf } from '../../src/analysis/columns.ts';
import { filterKey, operatorsFor } from '../../src/analysis/filter.ts';
import { ANALYSES } from '../../src/features/index.ts';
import { withQuery, type Reply } from '../world-client.ts';
import type { World } from '../world.ts';

/** A place of the API into which a client puts a text. */
export type Place = { readonly name: string; readonly send: (world: World, text: string) => Promise<Reply> };

/** Lists by name, with params that they cannot do without. */
const LISTS = ANALYSES.filter(({ listing }) => listing !== undefined).map(({ name, examples }) => ({
  name,
  params: Object.fromEntries(Object.entries(examples[0].params).filter(([param]) => param !== 'limit')),
}));

/** Every text field of a list with every operator that takes any text, in one body: all are bound in one statement. */
function textFilters(world: World, name: string, text: string): Record<string, unknown> {
  const fields = fieldsOf(world.engine.registry.get(name), world.engine.catalog).filter(({ type }) => type === 'text');
  const filters = fields.flatMap(({ field, type }) =>
    operatorsFor(type)
      .filter((operator) => operator !== 'isNull')
      .map((operator) => [filterKey(field, operator), operator === 'in' ? [text, 'b'] : text]),
  );
  return Object.fromEntries(filters) as Record<string, unknown>;
}

const inQuery = (name: string, path: string, parameter: string): Place => ({
  name,
  send: (world, text) => world.get(withQuery(path, { [parameter]: text })),
});
const inPath = (name: string, around: (id: string) => string): Place => ({
  name,
  // Clients resolve `.` and `..` in an address before they send it.
  send: (world, text) =>
    world.get(around(encodeURIComponent(/^\.{1,2}$/.test(text) ? `${text} ` : text.toWellFormed()))),
});

export const PLACES: readonly Place[] = [
  ...LISTS.map(({ name, params }) => ({
    name: `every text filter of ${name}`,
    send: (world: World, text: string) =>
      world.post(`/v1/analyses/${name}`, { ...params, ...textFilters(world, name, text), total: true }),
  })),
  ...LISTS.map(({ name, params }): Place => ({
    name: `q of ${name}`,
    send: (world, text) => world.post(`/v1/analyses/${name}`, { ...params, q: text }),
  })),
  inQuery('a filter in the address', '/v1/customers', 'customerName'),
  inQuery('a pattern in the address', '/v1/customers', 'region[like]'),
  inQuery('a list in the address', '/v1/customers', 'customerId[in]'),
  inQuery('a date', '/v1/customers', 'registrationDate'),
  inQuery('a time', '/v1/customers', 'attributes.seen[gte]'),
  inQuery('a double', '/v1/customers', 'attributes.score'),
  inQuery('a decimal', '/v1/relationships', 'value[lt]'),
  inQuery('a boolean', '/v1/customers', 'attributes.is_vip'),
  inQuery('isNull', '/v1/customers', 'region[isNull]'),
  inQuery('sort', '/v1/customers', 'sort'),
  inQuery('fields', '/v1/customers', 'fields'),
  inQuery('facets', '/v1/customers', 'facets'),
  inQuery('cursor', '/v1/customers', 'cursor'),
  inQuery('limit', '/v1/customers', 'limit'),
  inQuery('format', '/v1/customers', 'format'),
  inQuery('asOf', '/v1/analyses/ownership.summary', 'asOf'),
  { name: 'the name of a parameter', send: (world, text) => world.get(withQuery('/v1/customers', { [text]: 'x' })) },
  inPath('the id of a record', (id) => `/v1/customers/${id}`),
  inPath('the customer whose products are asked', (id) => `/v1/customers/${id}/products`),
  inPath('the product whose customers are asked', (id) => `/v1/products/${id}/customers`),
  inPath('the name of an analysis', (id) => `/v1/analyses/${id}`),
  inPath('the schema of an analysis', (id) => `/v1/analyses/${id}/schema`),
  {
    name: 'ids of many customers',
    send: (world, text) => world.post('/v1/ownership', { customerIds: [text, 'C1'] }),
  },
  {
    name: 'a header',
    send: (world, text) => world.get('/v1/customers', { accept: text.replaceAll(/[^\x20-\x7e]/g, '') }),
  },
];
