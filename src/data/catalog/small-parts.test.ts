import { describe, expect, test } from 'vitest';
import { AppError } from '../../lib/app-error.ts';
import type { TableDescription } from '../warehouse/port.ts';
import { duckdbDialect } from '../sql/duckdb-dialect.ts';
import { snowflakeDialect } from '../sql/snowflake-dialect.ts';
import { tenant } from '../warehouse/tenant.ts';
import { canBecome, castType } from './column-cast.ts';
import { engineMessage } from './engine-message.ts';
import { fileScan, isKnownFormat } from './file-scan.ts';
import { tableFinder } from './find-table.ts';
import { freeName } from './free-name.ts';

describe('the table function of a file', () => {
  test.each([
    ['/a/x.csv', undefined, "read_csv('/a/x.csv', header = true)"],
    ["/a/it's.CSV.GZ", "'", "read_csv('/a/it''s.CSV.GZ', header = true, delim = '''')"],
    ['/a/x.parquet', undefined, "read_parquet('/a/x.parquet')"],
    ['/a/x.json', undefined, "read_json('/a/x.json')"],
    ['/a/x.ndjson', undefined, "read_json('/a/x.ndjson', format = 'newline_delimited')"],
  ])('%s', (file, delimiter, scan) => {
    expect(fileScan(file, delimiter)).toBe(scan);
  });
  test('of no other', () => {
    expect(isKnownFormat('x.xlsx')).toBe(false);
    expect(() => fileScan('x.xlsx', undefined)).toThrow(RangeError);
  });
});

describe('finding a table', () => {
  const table = (...path: string[]): TableDescription => ({ path, kind: 'table', columns: [] });
  const tables = [
    table('sales'),
    table('Sales'),
    table('crm', 'clients'),
    table('crm', 'my.table'),
    table('acme', 'sales'),
    table('CRM', 'UPPER'),
  ];
  const find = (name: string, isolation: 'database' | 'schema' = 'database') => {
    const found = tableFinder(
      tables,
      { dialect: duckdbDialect, defaultSchema: 'main' },
      tenant('acme'),
      isolation,
    )(name);
    return 'path' in found ? { path: found.path, is: found.description.path } : found.problem;
  };
  test.each([
    ['sales', ['sales'], ['sales']],
    ['Sales', ['Sales'], ['Sales']],
    ['SALES', ['sales'], ['sales']],
    ['main.sales', ['main', 'sales'], ['sales']],
    ['crm.Clients', ['crm', 'clients'], ['crm', 'clients']],
    ['crm."my.table"', ['crm', 'my.table'], ['crm', 'my.table']],
    ['crm.upper', ['CRM', 'UPPER'], ['CRM', 'UPPER']],
  ])('%s', (name, path, is) => {
    expect(find(name)).toEqual({ path, is });
  });
  test('without a schema in that of the tenant, under ISOLATION=schema', () => {
    expect(find('sales', 'schema')).toEqual({ path: ['sales'], is: ['acme', 'sales'] });
    expect(find('main.sales', 'schema')).toEqual({ path: ['main', 'sales'], is: ['sales'] });
  });
  test('on Snowflake by the names that are stored there, with its own default schema', () => {
    const stored = [table('CUSTOMERS'), table('PUBLIC', 'OLD'), table('ACME', 'CUSTOMERS'), table('acme', 'late')];
    const engine = { dialect: snowflakeDialect, defaultSchema: 'ANALYTICS' };
    const pathOf = (name: string, isolation: 'database' | 'schema' = 'database') => {
      const found = tableFinder(stored, engine, tenant('acme'), isolation)(name);
      return 'path' in found ? found.path : found.problem;
    };
    expect(pathOf('customers')).toEqual(['CUSTOMERS']);
    expect(pathOf('analytics.customers')).toEqual(['ANALYTICS', 'CUSTOMERS']);
    expect(pathOf('public.old')).toEqual(['PUBLIC', 'OLD']);
    expect(pathOf('public.customers')).toMatch(/has no table/);
    expect(pathOf('customers', 'schema')).toEqual(['CUSTOMERS']);
    // The schema of the tenant is ACME: one of the same letters has to be named as it is.
    expect(pathOf('late', 'schema')).toEqual(['acme', 'late']);
  });
  test.each([
    ['clients', 'the warehouse has no table "clients" (did you mean "crm.clients"?)'],
    ['crm.client', 'the warehouse has no table "crm.client" (did you mean "crm.clients"?)'],
    ['warehouse.nothing', 'the warehouse has no table "warehouse.nothing"'],
    ['a.b.c', 'must be a table or schema.table, not "a.b.c"'],
    ['a"b', 'must be a table or schema.table, not "a\\"b"'],
  ])('%s is not there', (name, problem) => {
    expect(find(name)).toBe(problem);
  });
});

describe('casts', () => {
  const of = (type: 'text' | 'integer' | 'decimal' | 'boolean' | 'date' | 'timestamp', engineType: string) => ({
    type,
    engineType,
  });
  test.each([
    [of('text', 'VARCHAR'), of('text', 'VARCHAR(50)'), true, undefined],
    [of('text', 'UUID'), of('text', 'VARCHAR(50)'), true, 'VARCHAR'],
    [of('integer', 'BIGINT'), of('text', 'VARCHAR(50)'), true, 'VARCHAR'],
    [of('decimal', 'NUMBER(15,2)'), of('decimal', 'DECIMAL(15,2)'), true, undefined],
    [of('decimal', 'number(15, 4)'), of('decimal', 'DECIMAL(15,2)'), true, 'DECIMAL(15,2)'],
    [of('integer', 'NUMBER(38,0)'), of('integer', 'BIGINT'), true, undefined],
    [of('date', 'DATE'), of('date', 'DATE'), true, undefined],
    [of('timestamp', 'TIMESTAMP'), of('date', 'DATE'), true, 'DATE'],
    [of('text', 'VARCHAR'), of('date', 'DATE'), true, 'DATE'],
    [of('integer', 'INTEGER'), of('date', 'DATE'), false, 'DATE'],
    [of('decimal', 'DECIMAL(15,2)'), of('decimal', 'DECIMAL(15,2)'), true, undefined],
    [of('decimal', 'DECIMAL(18,4)'), of('decimal', 'DECIMAL(15,2)'), true, 'DECIMAL(15,2)'],
    [of('boolean', 'BOOLEAN'), of('decimal', 'DECIMAL(15,2)'), false, 'DECIMAL(15,2)'],
  ])('$0.engineType to $1.engineType', (from, to, isPossible, type) => {
    expect(canBecome(from, to)).toBe(isPossible);
    expect(castType(from, to)).toBe(type);
  });
});

test('a free name', () => {
  const taken = new Set(['status']);
  const names = ['Total (EUR)', 'total eur', 'status', '1st day', '???', 'Straße', 'x'.repeat(100), 'x'.repeat(100)];
  expect(names.map((name) => freeName(name, taken))).toEqual([
    'total_eur',
    'total_eur_2',
    'status_2',
    'st_day',
    'column',
    'strasse',
    'x'.repeat(60),
    `${'x'.repeat(58)}_2`,
  ]);
});

test('the words of an engine on one line', () => {
  const refused = (message: string) => new AppError('warehouse.failed', 'refused', { cause: new Error(message) });
  expect(
    engineMessage(
      refused('Binder Error: Referenced column "nme" not found in FROM clause!\nCandidate\n\nLINE 3: nme'),
      ['name'],
    ),
  ).toBe('Referenced column "nme" not found in FROM clause (did you mean "name"?) (line 3 of it)');
  expect(engineMessage(refused(`Parser Error: ${'x'.repeat(500)}`))).toHaveLength(201);
  expect(engineMessage('just text')).toBe('just text');
});
