import { expect, test } from 'vitest';
import { accountPlace, inPlace, OWN_PLACE } from './record-place.ts';

test.each([
  ['SERVICE', '"SERVICE"."LAST_IMPORT"'],
  ['service', '"SERVICE"."LAST_IMPORT"'],
  ['My "own" place', '"My ""own"" place"."LAST_IMPORT"'],
])('a schema of an account that is set as %s', (name, printed) => {
  expect(inPlace(accountPlace({ SNOWFLAKE_SERVICE_SCHEMA: name }), 'last_import')).toBe(printed);
});

test('the schema of an own database', () => {
  expect(inPlace(OWN_PLACE, 'last_import')).toBe('"service"."last_import"');
});
