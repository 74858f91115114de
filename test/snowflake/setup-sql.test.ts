import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as advice from '../../src/data/doctor/snowflake/statements.ts';
import { checkStrictly } from './strict.ts';

const TEXT = readFileSync('deploy/snowflake/setup.sql', 'utf8');

/** Statements of the file on one line each; those after "--  " count too. */
function statementsOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/^-- {2}/, '   '));
  const kept = lines.filter((line) => !line.startsWith('--')).join('\n');
  return kept
    .split(';')
    .map((one) => one.trim().replaceAll(/\s+/g, ' '))
    .filter((one) => one !== '');
}

const NAME = String.raw`"?[A-Z][A-Z0-9_]*"?(?:\.[A-Z][A-Z0-9_]*){0,2}`;
const TEXTUAL = String.raw`'[^']*'`;
const shape = (text: string) => new RegExp(`^${text.replaceAll('NAME', NAME).replaceAll('TEXT', TEXTUAL)}$`);
const PRIVILEGES = String.raw`(?:USAGE|SELECT|INSERT|UPDATE|DELETE|CREATE TABLE|CREATE STAGE)`;

/** What the strict check does not know: who may do what. Each by its page of https://docs.snowflake.com/en/sql-reference/sql/. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'create-role': shape('CREATE ROLE IF NOT EXISTS NAME COMMENT = TEXT'),
  'grant-role': shape('GRANT ROLE NAME TO (?:ROLE|USER) NAME'),
  'grant-privilege': shape(
    `GRANT ${PRIVILEGES}(?:, ${PRIVILEGES})* ON (?:DATABASE|SCHEMA|WAREHOUSE|TABLE|VIEW) NAME TO ROLE NAME`,
  ),
  'create-resource-monitor': shape(
    String.raw`CREATE RESOURCE MONITOR IF NOT EXISTS NAME WITH CREDIT_QUOTA = \d+ FREQUENCY = MONTHLY START_TIMESTAMP = IMMEDIATELY TRIGGERS(?: ON \d+ PERCENT DO (?:NOTIFY|SUSPEND))+`,
  ),
  'alter-resource-monitor': shape(String.raw`ALTER RESOURCE MONITOR NAME SET CREDIT_QUOTA = \d+`),
  'create-warehouse': shape(
    'CREATE WAREHOUSE IF NOT EXISTS NAME WITH(?: (?:WAREHOUSE_SIZE|AUTO_SUSPEND|AUTO_RESUME|INITIALLY_SUSPENDED|RESOURCE_MONITOR|STATEMENT_TIMEOUT_IN_SECONDS) = \\w+)+',
  ),
  'alter-warehouse': shape(String.raw`ALTER WAREHOUSE NAME SET (?:AUTO_RESUME = TRUE|AUTO_SUSPEND = \d+)`),
  'create-user': shape(
    String.raw`CREATE USER IF NOT EXISTS NAME(?: (?:TYPE|DEFAULT_ROLE|DEFAULT_SECONDARY_ROLES|DEFAULT_WAREHOUSE|COMMENT) = (?:\w+|\(\)|TEXT))+`,
  ),
  'alter-user': shape(
    String.raw`ALTER USER NAME (?:SET (?:RSA_PUBLIC_KEY(?:_2)? = TEXT|DISABLED = FALSE|MINS_TO_UNLOCK = 0|NETWORK_POLICY = NAME)|UNSET RSA_PUBLIC_KEY)`,
  ),
  'create-row-access-policy': shape(
    String.raw`CREATE ROW ACCESS POLICY IF NOT EXISTS NAME AS \(NAME VARCHAR\) RETURNS BOOLEAN -> EXISTS \(.*\)`,
  ),
  'alter-table': shape(String.raw`ALTER TABLE NAME ADD ROW ACCESS POLICY NAME ON \(NAME\)`),
};
const isAdministration = (text: string) => Object.values(SHAPES).some((one) => one.test(text));

test('every statement of setup.sql is of a shape that is documented, or passes the strict check', () => {
  const all = statementsOf(TEXT);
  expect(all.length).toBeGreaterThan(25);
  for (const text of all) if (!isAdministration(text)) expect(() => checkStrictly(text), text).not.toThrow();
  for (const [page, one] of Object.entries(SHAPES)) {
    expect(
      all.filter((text) => one.test(text)),
      page,
    ).not.toEqual([]);
  }
});

test('the condition of the row access policy passes the strict check', () => {
  const policy = statementsOf(TEXT).find((text) => text.startsWith('CREATE ROW ACCESS POLICY'))!;
  const condition = policy.split(' -> ')[1]!;
  expect(checkStrictly(`SELECT 1 AS SEEN FROM (SELECT 'x' AS OF_TENANT) T WHERE ${condition}`)).toContainEqual(
    expect.objectContaining({ name: 'CURRENT_ROLE' }),
  );
});

test('a statement that is none is found', () => {
  for (const text of ['GRANT READ ON TABLE A.B.C TO ROLE R', 'CREATE ROLE R', 'GRANT SELECT ON A.B TO R']) {
    expect(isAdministration(text)).toBe(false);
    expect(() => checkStrictly(text)).toThrow();
  }
});

/** Names, keys and amounts are left open. */
const wordsOf = (text: string) =>
  text
    .replaceAll(/'[^']*'|<\w+>|\b\d+\b/g, '?')
    .replaceAll(/\b(ROLE|USER|DATABASE|SCHEMA|WAREHOUSE|TABLE|VIEW|MONITOR|EXISTS) ([A-Z_][\w.]*)(?=[ ;]|$)/g, '$1 ?');

test('what the doctor advises is in setup.sql, in the same words', () => {
  const known = new Set(statementsOf(TEXT).map((text) => `${wordsOf(text)};`));
  const advised = [
    advice.grantOn(['USAGE'], 'DATABASE', 'D', 'R'),
    advice.grantOn(['USAGE'], 'SCHEMA', 'D.S', 'R'),
    advice.grantOn(['USAGE'], 'WAREHOUSE', 'W', 'R'),
    advice.grantOn(['SELECT'], 'TABLE', 'D.S.T', 'R'),
    advice.grantOn(['SELECT'], 'VIEW', 'D.S.V', 'R'),
    advice.grantOn(['INSERT', 'UPDATE', 'DELETE'], 'TABLE', 'D.S.T', 'R'),
    advice.grantOn(['CREATE TABLE'], 'SCHEMA', 'D.S', 'R'),
    advice.grantOn(['USAGE', 'CREATE TABLE', 'CREATE STAGE'], 'SCHEMA', 'D.S', 'R'),
    advice.grantRole('R', 'U'),
    advice.makeSchema('D.S'),
    advice.setPublicKey('U', 'RSA_PUBLIC_KEY', 'key'),
    advice.setPublicKey('U', 'RSA_PUBLIC_KEY_2', 'key'),
    advice.enableUser('U'),
    advice.unlockUser('U'),
    advice.autoResume('W'),
    advice.autoSuspend('W'),
    advice.raiseQuota('M'),
  ];
  for (const text of advised) expect([...known], text).toContain(wordsOf(text));
});
