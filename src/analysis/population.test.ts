import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { sql } from '../data/sql/sql.ts';
import { segments } from '../data/state/segments.ts';
import { defineAnalysis } from './define.ts';
import { field, param } from './fields.ts';
import { periodOf } from './period.ts';
import { isAsked, population } from './population.ts';

const counts = defineAnalysis({
  name: 'test.counts',
  title: 'Relationships of some customers with some products',
  description: 'Of a test.',
  params: Type.Object({
    asOf: param.pastDay(),
    from: param.from(),
    to: param.to(),
    customer: population.customer(),
    product: population.product(),
    segment: population.segment(),
  }),
  readsSaved: true,
  row: Type.Object({ customerId: field.id('The customer.'), relationships: field.count('Relationships.') }),
  sql: (params, kit) => {
    periodOf(params, kit.asOf);
    return sql`select r.customer_id, count(*) as relationships from ${kit.t.customerProducts} r
where ${isAsked(params, kit)} group by r.customer_id order by r.customer_id nulls last`;
  },
  whenEmpty: 'nobody has anything',
  countsLeftOut: true,
  examples: [{ title: 'All', params: {} }],
});

let world: World;
beforeAll(async () => {
  world = await openWorld({
    analyses: [counts],
    rows: {
      customers: [
        { customer_id: 'C1', region: 'North', registration_date: '2024-01-01' },
        { customer_id: 'C2', region: 'South', registration_date: '2025-01-01' },
        { customer_id: 'C3', region: null, registration_date: '2025-06-01' },
      ],
      products: [
        { product_id: 'P1', product_type: 'plan' },
        { product_id: 'P2', product_type: 'good' },
      ],
      customer_products: [
        { relationship_id: 'R1', customer_id: 'C1', product_id: 'P1', start_date: '2024-02-01' },
        { relationship_id: 'R2', customer_id: 'C1', product_id: 'P2', start_date: '2024-03-01' },
        { relationship_id: 'R3', customer_id: 'C2', product_id: 'P2', start_date: '2024-03-01' },
        { relationship_id: 'R4', customer_id: 'C3', product_id: 'P2' },
        {
          relationship_id: 'R5',
          customer_id: 'C3',
          product_id: 'P2',
          start_date: '2024-03-01',
          end_date: '2024-01-01',
        },
        { relationship_id: 'R6', customer_id: 'C3', product_id: 'P1', start_date: '2999-03-01' },
        { relationship_id: 'R7', customer_id: 'C9', product_id: 'P1', start_date: '2024-03-01' },
      ],
    },
  });
});
afterAll(() => world.close());

const address = '/v1/analyses/test.counts';
type Answer = {
  readonly data: readonly { customerId: string; relationships: number }[];
  readonly meta: { readonly warnings: readonly string[] };
  readonly detail: string;
  readonly errors: readonly { pointer: string; detail: string }[];
};
const get = async (query = '') => {
  const reply = await world.get(`${address}${query}`);
  return { status: reply.status, ...(reply.json as unknown as Answer) };
};
const post = async (body: object) => {
  const reply = await world.post(address, body);
  return { status: reply.status, ...(reply.json as unknown as Answer) };
};
const of = ({ data }: Answer) => Object.fromEntries(data.map((row) => [row.customerId, row.relationships]));

describe('who is asked about', () => {
  test('everybody, when no filter is given', async () => {
    expect(of(await get())).toEqual({ C1: 2, C2: 1, C3: 3, C9: 1 });
    expect(of(await post({ customer: {} }))).toEqual({ C1: 2, C2: 1, C3: 3, C9: 1 });
  });

  test('the customers and the products of whom the filters hold', async () => {
    expect(of(await get('?customer[region]=North'))).toEqual({ C1: 2 });
    expect(of(await get('?customer[region][isNull]=true'))).toEqual({ C3: 3 });
    expect(of(await get('?customer[region][in]=North,South&product[productType]=good'))).toEqual({ C1: 1, C2: 1 });
    expect(of(await get('?customer[registrationDate][gte]=2025-01-01&customer[region][ne]=South'))).toEqual({ C3: 3 });
    const body = { customer: { region: ['North', 'South'] }, product: { productId: { in: ['P1'] } } };
    expect(of(await post(body))).toEqual({ C1: 1 });
  });

  test('the customers of a segment, alone and with a filter', async () => {
    expect(of(await get('?segment=lifecycle:new'))).toEqual({ C1: 2, C2: 1 });
    expect(of(await get('?segment=lifecycle:new&customer[region]=South'))).toEqual({ C2: 1 });
    const rule = {
      all: [
        { member: 'relationships', op: 'gte', value: 2 },
        { member: 'region', op: 'eq', value: 'North' },
      ],
    };
    const draft = { name: 'Loyal', description: '', rule, refersTo: [] };
    await segments(world.state).create(world.owner, 'loyal', draft, () => undefined);
    expect(of(await get('?segment=loyal'))).toEqual({ C1: 2 });
  });

  test.each([
    ['loyl', 'did you mean "loyal"'],
    ['lifecycle:churn', 'did you mean "lifecycle:churned"'],
    ['tier:Z', 'there is no segment'],
  ])('the segment %s is not found', async (segment, words) => {
    const answer = await get(`?segment=${segment}`);
    expect(answer.status).toBe(404);
    expect(answer.detail).toContain(words);
  });

  test.each([
    ['?customer[regio]=North', '?customer[regio]', 'did you mean "region"'],
    ['?customer[region][gtx]=North', '?customer[region][gtx]', 'is no operator'],
    ['?customer[registrationDate][like]=2', '?customer[registrationDate][like]', 'cannot be used on this field'],
    ['?customer[registrationDate][gte]=soon', '?customer[registrationDate][gte]', 'is not a date'],
    ['?product[status]=a&product[status]=b', '?product[status][eq]', 'must be a text'],
  ])('%s is refused', async (query, pointer, words) => {
    const { status, errors } = await get(query);
    expect(status).toBe(400);
    expect(errors[0]!.pointer).toBe(pointer);
    expect(errors[0]!.detail).toContain(words);
  });

  test.each([
    [{ customer: 'North' }],
    [{ customer: { region: { eq: {} } } }],
    [{ customer: { region: [] } }],
    [{ customer: { region: null } }],
    [{ customer: { region: { in: 3 } } }],
    [{ customer: { __proto__x: 1 } }],
  ])('%j is refused', async (body) => {
    expect((await post(body)).status).toBe(400);
  });
});

describe('days', () => {
  test('a day to come is refused, and a period that ends before it starts or after asOf', async () => {
    for (const query of [
      '?asOf=2999-01-01',
      '?from=2024-02-01&to=2024-01-01',
      '?from=2024-01-01&to=2024-01-01',
      '?to=2998-01-01',
    ]) {
      const { status, errors } = await get(query);
      expect([query, status, errors.length]).toEqual([query, 400, 1]);
    }
    expect((await get('?from=2024-01-01&to=2024-02-01')).status).toBe(200);
  });

  test('relationships that no figure counts are said', async () => {
    expect((await get()).meta.warnings).toEqual([
      'relationships without start_date, which no figure counts: 1',
      'relationships that end before they start, which no figure counts: 1',
      expect.stringMatching(/^relationships that start after \d{4}-\d{2}-\d{2}, which no figure counts: 1$/),
    ]);
  });

  test('an answer without rows says why', async () => {
    expect((await get('?customer[region]=East')).meta.warnings).toContain('nobody has anything');
  });
});
