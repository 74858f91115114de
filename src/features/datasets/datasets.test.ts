import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../../test/world.ts';
import { WORLD_CATALOG } from '../../../test/world-rows.ts';
import { AppError } from '../../lib/app-error.ts';
import { describeDatasets } from './service.ts';

const NAMES = Array.from({ length: 40 }, (_, i) => `set_${String(i).padStart(2, '0')}`);
let world: World;
beforeAll(async () => {
  world = await openWorld({
    settings: { HEAVY_QUEUE: 1, HEAVY_CONNECTIONS: 1 },
    statements: ['create table things (id integer, note varchar)', `insert into things values (1, 'a'), (2, null)`],
    catalog: `${WORLD_CATALOG}  things: { table: things, description: Things., personal: [note] }
  broken: { sql: "select id from things where cast(note as integer) > 0" }
${NAMES.map((name) => `  ${name}: { sql: "select 1 as one" }`).join('\n')}
`,
  });
});
afterAll(() => world.close());

describe('the list of datasets', () => {
  test('core tables first, then the others by name; and more of them than statements may wait', async () => {
    const { status, json } = await world.get('/v1/datasets');
    expect(status).toBe(200);
    expect(json.data.map(({ name }) => name)).toEqual([
      'customer_products',
      'customers',
      'products',
      'broken',
      ...NAMES,
      'things',
    ]);
  });

  test('each says what it is, how many rows it has, and what its columns are', async () => {
    const { json } = await world.get('/v1/datasets');
    expect(json.data.at(-1)).toEqual({
      name: 'things',
      kind: 'mapped',
      isCore: false,
      description: 'Things.',
      rows: 2,
      problem: null,
      columns: [
        { name: 'id', type: 'integer', engineType: 'INTEGER', unit: null, isPersonal: false, description: '' },
        { name: 'note', type: 'text', engineType: 'VARCHAR', unit: null, isPersonal: true, description: '' },
      ],
    });
    expect(json.data[1]).toMatchObject({ name: 'customers', kind: 'managed', isCore: true, rows: 5 });
  });

  test('one that cannot be read says so and spoils no other', async () => {
    const { json } = await world.get('/v1/datasets');
    const problems = json.data.filter(({ problem }) => problem !== null);
    expect(problems.map(({ name, rows, problem }) => [name, rows, problem])).toEqual([
      ['broken', null, 'the warehouse refused to read it'],
    ]);
  });
});

test('a fault that is not the dataset’s fails the answer', async () => {
  const derive = () => Promise.reject(new AppError('warehouse.unavailable', 'gone'));
  await expect(describeDatasets({ catalog: world.engine.catalog, derive })).rejects.toThrow('gone');
});
