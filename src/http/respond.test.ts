import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { defineAnalysis } from '../analysis/define.ts';
import { field } from '../analysis/fields.ts';
import { sql } from '../data/sql/sql.ts';
import { ANALYSES } from '../features/index.ts';

const rows = defineAnalysis({
  name: 'numbers.up-to',
  title: 'Numbers from one up',
  description: 'For tests of streams.',
  params: Type.Object({
    count: Type.Integer({ default: 3, description: 'How many.' }),
    breakAt: Type.Integer({ default: 0, description: 'Where the statement fails.' }),
  }),
  row: Type.Object({ n: field.count('A number.'), text: field.text('The same, long.') }),
  sql: ({ count, breakAt }) =>
    sql`select r.n, case when r.n = ${breakAt} then error('broken') else repeat(cast(r.n as varchar), 20) end as text
from (select unnest(range(1, ${count} + 1)) as n) r`,
  examples: [{ title: 'Three', params: {} }],
});
const streamed = defineAnalysis({ ...rows, name: 'numbers.streamed', delivery: 'stream' });

let world: World;
/** Statements that were begun so far, by lane. */
const begun = () => world.engine.warehouse.state();
beforeAll(async () => {
  world = await openWorld({
    analyses: [...ANALYSES, rows, streamed],
    // Nothing is built in the background: the one heavy connection is the test's.
    settings: { HEAVY_CONNECTIONS: 1, HEAVY_QUEUE: 0, SNAPSHOT_MAX_ROWS: 0 },
  });
});
afterAll(() => world.close());

describe('formats', () => {
  test('json is an envelope; csv and ndjson are rows, and say the rest in headers', async () => {
    const json = await world.get('/v1/analyses/ownership.summary');
    expect(json.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Object.keys(json.json)).toEqual(['data', 'meta']);
    const csv = await world.get('/v1/analyses/ownership.summary?format=csv');
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'inline; filename="ownership.summary.csv"',
      'x-as-of': '2024-06-15',
      'x-warnings': expect.stringContaining('after today') as string,
    });
    expect(csv.text.split('\r\n')).toHaveLength(3);
    const ndjson = await world.get('/v1/customers', { accept: 'application/x-ndjson' });
    expect(ndjson.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    expect(ndjson.headers['x-warnings']).toBeUndefined();
    expect(ndjson.text.trimEnd().split('\n')).toHaveLength(5);
  });

  test('no rows are an empty list in each', async () => {
    expect((await world.get('/v1/customers?region=nowhere')).json).toMatchObject({
      data: [],
      page: { nextCursor: null },
    });
    expect((await world.get('/v1/customers?region=nowhere&format=ndjson')).text).toBe('');
    expect((await world.get('/v1/customers?region=nowhere&fields=region&format=csv')).text).toBe('region\r\n');
    expect((await world.get('/v1/analyses/numbers.streamed?count=0')).json).toMatchObject({
      data: [],
      meta: { rows: 0 },
    });
  });

  test('a streamed envelope is complete over many batches', async () => {
    const { json } = await world.get('/v1/analyses/numbers.streamed?count=20000');
    expect(json.data.map(({ n }) => n)).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1));
    expect(json.meta).toMatchObject({ rows: 20_000, cache: 'off', analysis: 'numbers.streamed' });
  });
});

describe('a stream that breaks', () => {
  test('before its first row it is a problem with a status', async () => {
    const { status, problem, headers } = await world.get('/v1/analyses/numbers.streamed?breakAt=1');
    expect([status, problem.code]).toEqual([500, 'warehouse.failed']);
    expect(headers['content-type']).toBe('application/problem+json');
  });

  test('afterwards the reply is cut off, never ended as if it were whole', async () => {
    for (const format of ['json', 'csv', 'ndjson']) {
      const reply = world.get(`/v1/analyses/numbers.streamed?count=50000&breakAt=49999&format=${format}`);
      await expect(reply).rejects.toThrow();
    }
  });
});

describe('HEAD', () => {
  test.each(['json', 'csv', 'ndjson'])(
    'has the headers of GET, as %s, and holds no connection afterwards',
    async (format) => {
      for (const path of ['/v1/customers', '/v1/analyses/numbers.streamed']) {
        const url = `${path}?format=${format}`;
        const [head, get] = [await world.head(url), await world.get(url)];
        expect([head.status, head.text]).toEqual([200, '']);
        for (const name of ['content-type', 'etag', 'x-as-of', 'content-disposition', 'vary'])
          expect(head.headers[name]).toBe(get.headers[name]);
      }
      await expect.poll(() => begun().heavy.busy).toBe(0);
    },
  );
});

describe('conditional requests', () => {
  test.each(['/v1/customers', '/v1/analyses/ownership.summary', '/v1/customers?format=csv', '/v1/datasets'])(
    '%s is not sent again, and no statement runs',
    async (url) => {
      const first = await world.get(url);
      const etag = String(first.headers['etag']);
      world.ran.length = 0;
      const again = await world.get(url, { 'if-none-match': etag });
      expect(world.ran).toEqual([]);
      expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', etag]);
      expect((await world.get(url, { 'if-none-match': '"other"' })).status).toBe(200);
    },
  );

  test('another format, other parameters and other rows are other versions', async () => {
    const etagOf = async (url: string) => (await world.get(url)).headers['etag'];
    const etags = [
      await etagOf('/v1/customers'),
      await etagOf('/v1/customers?format=csv'),
      await etagOf('/v1/customers?limit=2'),
      await etagOf('/v1/customers?region=north'),
      await etagOf('/v1/customers?q=a'),
      await etagOf('/v1/customers?total=true'),
      await etagOf('/v1/customers?facets=region'),
      await etagOf('/v1/customers?fields=region'),
      await etagOf('/v1/customers?sort=region'),
      await etagOf('/v1/products'),
    ];
    expect(new Set(etags).size).toBe(etags.length);
  });

  test('a refusal has no version', async () => {
    for (const url of [
      '/v1/customers/nobody',
      '/v1/customers/nobody/products',
      '/v1/customers/nobody/products?format=csv',
    ]) {
      const { status, headers } = await world.get(url);
      expect([status, headers['etag'], headers['content-disposition']]).toEqual([404, undefined, undefined]);
    }
  });
});
