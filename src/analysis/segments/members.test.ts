import { Ajv } from 'ajv';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { coreCatalog } from '../../data/catalog/core-catalog.ts';
import type { Catalog } from '../../data/catalog/model.ts';
import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';
import { field, nullable } from '../fields.ts';
import { memberNamed, membersOf, unknownMember } from './members.ts';
import { plainDecimal } from './plain-decimal.ts';
import { RuleSchema } from './rule.ts';
import { SEGMENT_ID, segmentIdFor } from './segment-id.ts';

const FACTS = Type.Object({
  customerId: field.id('Identifies the customer.'),
  value12Months: field.amount('Revenue of the last 12 months.'),
  recencyDays: nullable(field.count('Days.', 'days')),
  valuePercentile: field.rate('Share of customers.'),
});

describe('members', () => {
  const core = coreCatalog(duckdbDialect);
  const customers = core.tables.get('customers')!;
  const attribute = {
    ...customers.columns[1]!,
    name: 'attribute_tier',
    isAttribute: true,
    isPersonal: false,
    unit: 'grade',
  };
  const tables = new Map(core.tables).set('customers', { ...customers, columns: [...customers.columns, attribute] });
  const members = membersOf(FACTS, { ...core, tables } satisfies Catalog);

  test('are the fields of the facts and the columns of customers, each once', () => {
    expect([...members.values()].map(({ field: name, column, type }) => `${name} ${column} ${type}`)).toEqual([
      'customerId customer_id text',
      'value12Months value12_months decimal',
      'recencyDays recency_days integer',
      'valuePercentile value_percentile double',
      'customerName customer_name text',
      'customerType customer_type text',
      'region region text',
      'registrationDate registration_date date',
      'status status text',
      'attributes.tier attribute_tier text',
    ]);
  });

  test('know their units and bounds', () => {
    expect(members.get('recencyDays')).toMatchObject({
      unit: 'days',
      isNullable: true,
      minimum: 0,
      maximum: undefined,
    });
    expect(members.get('valuePercentile')).toMatchObject({ unit: 'share', isNullable: false, minimum: 0, maximum: 1 });
    expect(members.get('attributes.tier')).toMatchObject({ unit: 'grade', isNullable: true });
    expect(membersOf(FACTS, { ...core, tables: new Map() }).size).toBe(4);
  });

  test('shares of categories are members of whatever name, each in a column of its own', () => {
    const [home, upper, again] = ['Home', 'home', 'Home'].map((name) => memberNamed(`categoryShare.${name}`, members)!);
    expect(home).toMatchObject({
      field: 'categoryShare.Home',
      type: 'double',
      isNullable: true,
      minimum: 0,
      maximum: 1,
    });
    expect(home!.column).toMatch(/^category_share_[0-9a-f]{24}$/);
    expect([again!.column === home!.column, upper!.column === home!.column]).toEqual([true, false]);
    expect(memberNamed('categoryShare.', members)).toBeUndefined();
    expect(memberNamed('region', members)).toBe(members.get('region'));
  });

  test('an unknown name is answered by the near one', () => {
    expect(unknownMember('recencydays', members)).toMatch(
      /^"recencydays" is not known \(did you mean "recencyDays"\?\); known: customerId, /,
    );
    expect(unknownMember('x'.repeat(500), members).length).toBeLessThan(1000);
  });
});

describe('the schema of requests', () => {
  const ajv = new Ajv({ strict: true, strictTypes: false });
  ajv.addVocabulary(['x-unit']);
  const check = ajv.compile(RuleSchema);

  test.each<[unknown, boolean]>([
    [{ member: 'value', op: 'gte', value: 1 }, true],
    [{ all: [{ any: [{ not: { segment: 'x' } }] }] }, true],
    [{ not: { member: 'a', op: 'in', value: ['a', 1, true] } }, true],
    [{ member: 'value', op: 'gtee', value: 1 }, false],
    [{ member: 'value', op: 'eq', value: 'x'.repeat(1001) }, false],
    [{ all: [] }, false],
    [{ all: [1] }, false],
    [{ other: 1 }, false],
    [[], false],
  ])('%j: %s', (rule, isRight) => {
    expect(check(rule)).toBe(isRight);
  });
});

test.each([
  [0, '0'],
  [-1.5, '-1.5'],
  [1e21, '1000000000000000000000'],
  [-1.25e22, '-12500000000000000000000'],
  [1e-7, '0.0000001'],
  [-1.5e-7, '-0.00000015'],
])('%s is %s without an exponent', (number, text) => {
  expect(plainDecimal(number)).toBe(text);
});

test.each([
  ['Gold customers', 'gold-customers-01020304'],
  ['  Größe & Ümläut!  ', 'gro-e-umlaut-01020304'],
  ['日本', 'segment-01020304'],
  ['x'.repeat(100), `${'x'.repeat(40)}-01020304`],
  [`${'x'.repeat(39)} y`, `${'x'.repeat(39)}-01020304`],
])('the id of a segment called %j is %s', (name, id) => {
  expect(segmentIdFor(name, (size) => Uint8Array.from({ length: size }, (_, i) => i + 1))).toBe(id);
  expect(id).toMatch(new RegExp(SEGMENT_ID));
});
