import { Ajv } from 'ajv';
import fc from '../../../test/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { CatalogFileSchema } from './file-schema.ts';
import { readYaml } from './read-yaml.ts';
import { checkShape } from './shape-check.ts';

function shapeOf(text: string) {
  const { root, problems } = readYaml(text, 'c');
  return { value: checkShape(CatalogFileSchema, { node: root, path: [], problems }), lines: problems.lines() };
}

describe('what is wrong with a value', () => {
  test.each([
    ['version: 2', 'c:1:10 "2" is not allowed: 1'],
    ['version: [1]', 'c:1:10 must be 1, not a list'],
    ['tables: {}', 'c:1:1 the catalog needs "version"'],
    ['- 1', 'c:1:1 must be a mapping, not a list'],
    ['', 'c:1:1 must be a mapping, not empty'],
    ['version: 1\ntable: {}', 'c:2:1 unknown key "table" (did you mean "tables"?)'],
    ['version: 1\nother: {}', 'c:2:1 unknown key "other"; allowed: version, tables, imports'],
    [
      'version: 1\ntables: { Raw: { table: x } }',
      'c:2:11 "Raw" is not a name of lower-case letters, digits and _, starting with a letter, at most 63 characters',
    ],
    ['version: 1\ntables: { raw: { table: 5 } }', 'c:2:25 must be text, not a number'],
    ['version: 1\ntables: { raw: }', 'c:2:16 must be a mapping, not empty'],
    ['version: 1\ntables: { raw: { file: x.csv, delimiter: ";;" } }', 'c:2:42 has 2 characters; at most 1 are allowed'],
    ['version: 1\ntables: { raw: { file: x.csv, delimiter: "" } }', 'c:2:42 must not be empty'],
    [
      'version: 1\ntables: { products: { columns: { launch_dat: x } } }',
      'c:2:34 unknown core column "launch_dat" (did you mean "launch_date"?)',
    ],
    [
      'version: 1\ntables: { products: { columns: { zzz: x } } }',
      'c:2:34 unknown core column "zzz"; allowed: product_id, product_name, product_category, product_type, launch_date, status',
    ],
    [
      'version: 1\ntables: { products: { columns: { status: true } } }',
      'c:2:42 must be text, a mapping or null, not true or false',
    ],
    [
      'version: 1\ntables: { products: { personal: [product_nam] } }',
      'c:2:34 "product_nam" is not allowed: product_id, product_name, product_category, product_type, launch_date or status (did you mean "product_name"?)',
    ],
    [
      'version: 1\ntables: { customer_products: { value: { default: montly } } }',
      'c:2:50 "montly" is not allowed: once or monthly (did you mean "monthly"?)',
    ],
    [
      'version: 1\ntables: { products: { attributes: { a: { type: int } } } }',
      'c:2:48 "int" is not allowed: text, integer, decimal, double, boolean, date, timestamp or json',
    ],
    [
      'version: 1\nimports: { sources: {}, tables: {} }',
      'c:2:33 must hold one of customers, products, customer_products',
    ],
    ['version: 1\nimports: { sources: {}, tables: { products: {} } }', 'c:2:35 "products" needs "sql"'],
    [
      'version: 1\nimports: { sources: {}, tables: { products: { sql: select 1, key: [] } } }',
      'c:2:67 must not be empty',
    ],
    [
      'version: 1\nimports: { sources: { a: { file: " " } }, tables: { products: { sql: a } } }',
      'c:2:34 must be text that is not empty',
    ],
    [
      `version: 1\ntables: { products: { personal: [${'status,'.repeat(51)}] } }`,
      'c:2:33 has 51 entries; at most 50 are allowed',
    ],
  ])('%s', (text, line) => {
    expect(shapeOf(text).lines).toEqual([line]);
  });

  test('a key that cannot be a name of JavaScript objects is only unknown', () => {
    expect(shapeOf('version: 1\n__proto__: { a: 1 }\nconstructor: 1').lines.map((line) => line.split(';')[0])).toEqual([
      'c:2:1 unknown key "__proto__"',
      'c:3:1 unknown key "constructor"',
    ]);
  });
});

test('what is wrong is left out, the rest is kept', () => {
  const { value } = shapeOf(
    'version: 3\ntables:\n  products: { table: t, columns: { status: s, launch_date: 7 }, personal: [x, status] }\n',
  );
  expect(value).toEqual({ tables: { products: { table: 't', columns: { status: 's' }, personal: ['status'] } } });
});

describe('the checker and a JSON Schema validator agree', () => {
  const isValid = new Ajv({ strict: false }).compile(CatalogFileSchema);
  const scalar = fc.constantFrom<unknown>(
    'x',
    '',
    ' ',
    'once',
    'abort',
    'status',
    'text',
    ';',
    1,
    2.5,
    true,
    null,
    'a'.repeat(300),
  );
  const words =
    'version tables imports customers products customer_products raw Raw table sql file delimiter attributes columns ' +
    'personal value types default description type column expression status product_id sources key on_reject filters ' +
    'reason where null_texts __proto__ tenant_column';
  const key = fc.constantFrom(...words.split(' '));
  const { any } = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 6, depthSize: 'large' }, scalar, fc.array(tie('any'), { maxLength: 2 }), tie('map')),
    map: fc.array(fc.tuple(key, tie('any')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs) as unknown),
  }));
  const valid = {
    version: 1,
    tables: {
      customers: {
        table: 'c',
        columns: { customer_id: 'x', status: null, region: { expression: 'y' } },
        attributes: { a: { type: 'text' } },
      },
      customer_products: { sql: 's', value: { default: 'once', types: { any: 'monthly' } }, personal: ['value'] },
      raw: { file: 'x.csv', delimiter: ';', personal: ['q'] },
    },
    imports: {
      sources: { s: { file: 'f', quote: '', null_texts: [''], columns: ['a'] } },
      tables: { products: { sql: 's', filters: [{ reason: 'r', where: 'w' }], key: ['k'], on_reject: 'reject' } },
    },
  };
  /** The valid file with one part, anywhere, replaced by something else. */
  const broken = fc.tuple(fc.nat(), any).map(([at, part]) => {
    let count = 0;
    const size = JSON.stringify(valid, (_, value: unknown) => (count++, value)).length > 0 ? count : 0;
    let seen = 0;
    return JSON.parse(
      JSON.stringify(valid, (_, value: unknown) => (seen++ === (at % (size - 1)) + 1 ? part : value)),
    ) as unknown;
  });

  test.each([
    ['anything', any],
    ['a valid file with one part replaced', broken],
  ])('on %s', (_, documents) => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(shapeOf(stringify(document, { aliasDuplicateObjects: false })).lines.length === 0).toBe(
          isValid(document),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('on the valid file', () => {
    expect(isValid(valid)).toBe(true);
    expect(shapeOf(stringify(valid)).lines).toEqual([]);
  });
});
