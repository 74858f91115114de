import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAPPED, openWorld } from './test-world.ts';

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('what the warehouse says against', () => {
  const customers = (body: string) =>
    MAPPED.replace(/ {2}customers:\n[^]*? {2}products:\n/, `  customers:\n${body}\n  products:\n`);
  test.each([
    ['    table: crm.client', ['c:4:12 the warehouse has no table "crm.client" (did you mean "crm.clients"?)']],
    ['    table: clients', ['c:4:12 the warehouse has no table "clients" (did you mean "crm.clients"?)']],
    ['    table: a.b.c', ['c:4:12 must be a table or schema.table, not "a.b.c"']],
    [
      '    table: crm.clients\n    columns: { customer_id: client_n }',
      ['c:5:29 the table "crm.clients" has no column "client_n" (did you mean "client_no"?)'],
    ],
    ['    table: crm.clients', ['c:3:3 customers needs customer_id, and the table "crm.clients" has no such column']],
    [
      '    table: crm.clients\n    columns: { customer_id: null }',
      ['c:5:29 customers needs customer_id: it cannot be null'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_i: client_no }',
      ['c:5:16 unknown core column "customer_i" (did you mean "customer_id"?)'],
    ],
    [
      '    table: crm.clients\n    colums: { customer_id: client_no }',
      ['c:5:5 unknown key "colums" (did you mean "columns"?)'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, registration_date: vip }',
      ['c:5:59 customers.registration_date is date, and BOOLEAN cannot become that'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, registration_date: { expression: client_no + 1 } }',
      ['c:5:73 customers.registration_date is date, and BIGINT cannot become that'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, region: { expression: upper(hom) }, status: { expression: "1 +" }, customer_name: { expression: lower(home) } }',
      [
        'c:5:62 Referenced column "hom" not found in FROM clause (did you mean "home"?)',
        'c:5:98 syntax error at or near ")"',
      ],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, region: { expression: foo(home) } }',
      ['c:5:62 Scalar Function with name foo does not exist'],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no, region: { expression: max(home) } }',
      [expect.stringMatching(/^c:5:62 column "client_no" must appear in the GROUP BY/)],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no }\n    attributes: { tir: {}, a: { column: tierr }, b: { expression: nope } }',
      [
        'c:6:19 the table "crm.clients" has no column "tir" (did you mean "tier"?)',
        'c:6:41 the table "crm.clients" has no column "tierr" (did you mean "tier"?)',
        'c:6:67 Referenced column "nope" not found in FROM clause',
      ],
    ],
    [
      '    table: crm.clients\n    columns: { customer_id: client_no }\n    tenant_column: tenat',
      ['c:6:20 customers has no column "tenat"'],
    ],
    [
      '    sql: select client_no from crm.clients',
      ['c:4:10 customers needs customer_id, and the sql of customers has no such column'],
    ],
    ['    sql: selec 1', ['c:4:10 syntax error at or near "1"']],
    [
      '    sql: |\n      select\n        client_no as customer_id,\n        nme\n      from crm.clients',
      ['c:4:10 Referenced column "nme" not found in FROM clause (line 3 of it)'],
    ],
    ['    file: nope.csv', [expect.stringMatching(/^c:4:11 there is no file "\/.*\/nope\.csv"$/)]],
    ['    file: broken.parquet', [expect.stringMatching(/^c:4:11 .*(parquet|magic)/i)]],
    [
      '    file: orders.csv\n    columns: { customer_id: ids }',
      ['c:5:29 the file of customers has no column "ids" (did you mean "id"?)'],
    ],
  ])('%s', async (body, lines) => {
    expect(await world.problemsOf(customers(body))).toEqual(lines);
  });

  test('under ISOLATION=column every table needs its tenant column', async () => {
    expect(await world.problemsOf(MAPPED, 'column')).toEqual([
      'c:3:3 customers needs tenant_column, because of ISOLATION=column',
      'c:22:3 customer_products needs tenant_column, because of ISOLATION=column',
      'c:30:3 orders needs tenant_column, because of ISOLATION=column',
      'c:31:3 events needs tenant_column, because of ISOLATION=column',
      'c:32:3 list needs tenant_column, because of ISOLATION=column',
      'c:33:3 quoted needs tenant_column, because of ISOLATION=column',
      'c:34:3 big needs tenant_column, because of ISOLATION=column',
    ]);
  });

  test('a PII mark on no column', async () => {
    expect(await world.problemsOf(MAPPED.replace('personal: [client_no]', 'personal: [client_no, sk]'))).toEqual([
      'c:29:57 raw_sales has no column "sk" (did you mean "sku"?)',
    ]);
  });
});
