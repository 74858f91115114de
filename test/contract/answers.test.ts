import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fieldsOf } from '../../src/analysis/columns.ts';
import { withQuery } from '../world-client.ts';
import type { World } from '../world.ts';
import {
  addressOf,
  answered,
  answerTo,
  EXAMPLES,
  FORMATS,
  openApiOf,
  openContractWorld,
  ownAddress,
  type OpenApi,
} from './contract-world.ts';
import { csvRowsAs, ndjsonRows } from './rows-of.ts';

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv, ['date', 'date-time']);

let world: World;
let openApi: OpenApi;
beforeAll(async () => {
  world = await openContractWorld();
  openApi = await openApiOf(world);
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

/** Rows in an order of their own: streams come in any. */
const inOrder = (list: readonly object[]) => list.map((row) => JSON.stringify(row)).sort();

describe.each(EXAMPLES)('$label', ({ analysis, params }) => {
  test('JSON is as the OpenAPI page says', async () => {
    const { json } = await answerTo(world, analysis, params);
    const { schema } = openApi.paths[addressOf(analysis)]!['get']!.responses['200']!.content!['application/json']!;
    const validate = ajv.compile({ ...schema, components: openApi.components });
    validate(json);
    expect(validate.errors).toBeNull();
    expect(json.data.length).toBeGreaterThan(0);
    expect(json.meta).toMatchObject({ analysis: analysis.name, rows: json.data.length, truncated: false });
  });

  test('JSON, CSV and NDJSON agree', async () => {
    const [json, csv, ndjson] = await Promise.all(
      FORMATS.map((format) => answerTo(world, analysis, { ...params, format })),
    );
    const expected = inOrder(json!.json.data);
    expect(inOrder(ndjsonRows(ndjson!.text))).toEqual(expected);
    expect(inOrder(csvRowsAs(fieldsOf(analysis, world.engine.catalog), csv!.text))).toEqual(expected);
  });

  test('GET, POST and its own address agree', async () => {
    const expected = inOrder((await answerTo(world, analysis, params)).json.data);
    const posted = answered(await world.post(addressOf(analysis), params));
    expect(inOrder(posted.json.data)).toEqual(expected);
    if (analysis.path === undefined) return;
    const { path, rest } = ownAddress(analysis, params);
    const own = analysis.method === 'POST' ? await world.post(path, rest) : await world.get(withQuery(path, rest));
    expect(inOrder(answered(own).json.data)).toEqual(expected);
  });

  if (analysis.delivery !== 'stream' && analysis.sql !== undefined) {
    test('explain shows what ran, with its values', async () => {
      world.ran.length = 0;
      const { meta } = (await answerTo(world, analysis, { ...params, explain: true })).json;
      const { statements } = meta['explain'] as {
        statements: { sql: string; binds: unknown[]; tables: string[]; statementMs: number }[];
      };
      expect(statements.length).toBeGreaterThan(0);
      // One over rows that are handed to it reads no table.
      expect(statements.flatMap(({ tables }) => tables).length).toBeGreaterThan(0);
      for (const { sql, binds, statementMs } of statements) {
        expect(world.ran).toContainEqual(expect.objectContaining({ text: sql, params: binds }));
        expect(statementMs).toBeGreaterThan(0);
      }
    });
  }

  test('asked again with its ETag it is a 304, and nothing runs', async () => {
    for (const format of FORMATS) {
      const address = withQuery(addressOf(analysis), { ...params, format });
      const etag = String((await world.get(address)).headers['etag']);
      world.ran.length = 0;
      const again = await world.get(address, { 'if-none-match': `"x", ${etag}` });
      expect([again.status, again.text, world.ran]).toEqual([304, '', []]);
    }
  });

  test('HEAD is GET without the rows', async () => {
    for (const format of FORMATS) {
      const address = withQuery(addressOf(analysis), { ...params, format });
      const [head, full] = [await world.head(address), await world.get(address)];
      expect([head.status, head.text, head.headers['content-type']]).toEqual([200, '', full.headers['content-type']]);
    }
  });

  test('a second answer is kept where answers are kept', async () => {
    const ask = async () => (await answerTo(world, analysis, params)).json.meta['cache'];
    const isKept = analysis.listing === undefined && analysis.delivery !== 'stream';
    expect([await ask(), await ask()]).toEqual([expect.any(String), isKept ? 'hit' : 'off']);
  });
});
