import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fieldsOf } from '../../src/analysis/columns.ts';
import { ANALYSES, TAGS } from '../../src/features/index.ts';
import { withQuery } from '../world-client.ts';
import type { World } from '../world.ts';
import { addressOf, openApiOf, openContractWorld, type OpenApi } from './contract-world.ts';

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

describe.each(ANALYSES.map((analysis) => ({ name: analysis.name, analysis })))('$name', ({ analysis }) => {
  test('says what it is, and what each of its fields is', () => {
    expect(analysis.title).toMatch(/^[A-Z].{5,}[^.]$/);
    expect(analysis.description).toMatch(/.{10,}\.$/s);
    for (const part of [analysis.params, analysis.row]) {
      for (const [name, schema] of Object.entries(part.properties as Record<string, { description?: string }>))
        expect([name, schema.description]).toEqual([name, expect.stringMatching(/\w{3}/)]);
    }
    expect(TAGS.map((tag) => tag.name)).toContain(analysis.name.split('.')[0]);
  });

  test('is in the OpenAPI page at all its addresses, every parameter described', () => {
    const own = analysis.path === undefined ? [] : [[`/v1${analysis.path}`, (analysis.method ?? 'GET').toLowerCase()]];
    for (const [path, method] of [[addressOf(analysis), 'get'], [addressOf(analysis), 'post'], ...own]) {
      const { parameters = [], responses, summary, description } = openApi.paths[path!]![method!]!;
      expect([summary, description]).toEqual([analysis.title, analysis.description]);
      for (const parameter of parameters)
        expect([parameter.name, parameter.description]).toEqual([parameter.name, expect.stringMatching(/\w{3}/)]);
      expect(Object.keys(responses['200']!.content!)).toEqual(['application/json', 'text/csv', 'application/x-ndjson']);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '500', '503']));
    }
  });

  test('has its shape at /schema, and is in the list of all', async () => {
    const { json } = await world.get(`${addressOf(analysis)}/schema`);
    expect(json.data).toMatchObject({
      name: analysis.name,
      fields: JSON.parse(JSON.stringify(fieldsOf(analysis, world.engine.catalog))) as unknown,
      examples: analysis.examples,
    });
    const listed = (await world.get('/v1/analyses')).json.data.find(({ name }) => name === analysis.name);
    expect(listed).toMatchObject({
      title: analysis.title,
      address: addressOf(analysis),
      formats: ['json', 'csv', 'ndjson'],
    });
  });

  test('a misspelt parameter is a 400 that names the near one', async () => {
    const [name = 'format'] = Object.keys(analysis.params.properties);
    const misspelt = `${name.slice(0, -1)}${name.slice(-1)}x`;
    const { status, problem } = await world.get(
      withQuery(addressOf(analysis), { ...analysis.examples[0].params, [misspelt]: 'x' }),
    );
    expect([status, problem.code]).toEqual([400, 'request.unknown_parameter']);
    expect(problem.detail).toContain(`(did you mean "${name}"?)`);
  });
});
