import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { doctorCommand } from '../../src/data/doctor/command.ts';
import { createTable } from '../../src/data/catalog/ddl.ts';
import { rsaKeys, testStandIn } from './driver.ts';
import { accountSettings } from './account-settings.ts';
import type { StandInOptions } from './options.ts';
import type { StandIn } from './stand-in.ts';

const KEYS = rsaKeys();
const USER = { name: 'TESTER', password: 'secret', publicKeys: [KEYS.publicKey], roles: ['ANALYST', 'PUBLIC'] };
const TABLES = ['customers', 'products', 'customer_products'] as const;

type Env = Readonly<Record<string, string>>;

/** An account with the tables of the service, and a doctor for it. */
async function clinic(options: StandInOptions = {}, made: readonly string[] = TABLES.map((name) => createTable(name))) {
  const standIn = await testStandIn({ users: [USER], databases: { DEMO: ['PUBLIC', 'SERVICE'] }, ...options });
  for (const text of made) await standIn.admin(inDemo(text));
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env: Env = {
    ...accountSettings(standIn),
    DATA_DIR: folder,
    SNOWFLAKE_PASSWORD: '',
    SNOWFLAKE_PRIVATE_KEY: KEYS.privateKey,
    SNOWFLAKE_RETRY_SECONDS: '0',
  };
  return { standIn, folder, ask: (changes: Env = {}) => ask({ ...env, ...changes }) };
}

/** Snowflake's names are upper case. */
const inDemo = (text: string) =>
  text
    .replace(/table if not exists "(\w+)"/, (_, name: string) => `table "DEMO"."PUBLIC"."${name.toUpperCase()}"`)
    .replaceAll(/^ {2}(\w+) /gm, (_, name: string) => `  "${name.toUpperCase()}" `)
    .replaceAll(/^ {2}"PRIMARY" key \((\w+)\)/gm, (_, name: string) => `  primary key ("${name.toUpperCase()}")`);

async function ask(env: Env) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await doctorCommand([], { env, stdout: (line) => out.push(line), stderr: (line) => err.push(line) });
  expect(err).toEqual([]);
  const text = out.join('\n');
  expect(text).not.toContain(env['SNOWFLAKE_PRIVATE_KEY']!.slice(40, 80) || 'PRIVATE KEY-');
  expect(text).not.toContain('secret');
  // This machine's own checks are another test's.
  const local = /^..  (settings|data folder|records|disk) /;
  return { code, lines: out.filter((line) => !local.test(line)), text };
}

/** What is wrong and how it is mended; all other lines are ok. */
function complaints(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => /^(!!|--)/.test(line));
  return first < 0 ? [] : lines.slice(first, -1).filter((line) => !line.startsWith('ok'));
}

test('an account that has all that it needs: a line per check', async () => {
  const { ask: doctor } = await clinic();
  const { code, lines } = await doctor();
  expect(lines).toEqual([
    'ok  sign-in         by key pair as TESTER in account STANDIN',
    'ok  clock           this machine is within a second of the account',
    'ok  role            ANALYST',
    'ok  warehouse       COMPUTE_WH (X-Small) runs, and suspends itself after 60 s',
    'ok  database        DEMO.PUBLIC',
    'ok  tables          3 can be read',
    'ok  writing         customers, products, customer_products can be written',
    'ok  service schema  DEMO.SERVICE can be used',
    'nothing has to be mended',
  ]);
  expect(code).toBe(0);
});

test('names in settings are taken as in statements: whatever their case, or quoted', async () => {
  const { ask: doctor } = await clinic();
  const { lines, code } = await doctor({ SNOWFLAKE_SCHEMA: 'public', SNOWFLAKE_SERVICE_SCHEMA: '"SERVICE"' });
  expect([complaints(lines), code]).toEqual([[], 0]);
  expect(lines).toContain('ok  tables          3 can be read');
  expect(lines).toContain('ok  writing         customers, products, customer_products can be written');
});

const keyOf = (pem: string) => createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64');

type Fault = {
  readonly what: string;
  readonly options?: StandInOptions;
  readonly made?: readonly string[];
  readonly break?: (standIn: StandIn) => void;
  readonly env?: Env;
  readonly code?: number;
  readonly says: readonly string[];
};

const OTHER = rsaKeys();

const FAULTS: readonly Fault[] = [
  {
    what: 'another key',
    env: { SNOWFLAKE_PRIVATE_KEY: OTHER.privateKey },
    says: [
      '!!  sign-in         the key SHA256:… is not that of user TESTER in account STANDIN',
      `      ALTER USER TESTER SET RSA_PUBLIC_KEY = '${keyOf(OTHER.publicKey)}';`,
    ],
  },
  {
    what: 'another account',
    env: { SNOWFLAKE_ACCOUNT: 'OTHER' },
    says: [
      '!!  sign-in         the key SHA256:… is not that of user TESTER in account OTHER',
      `      ALTER USER TESTER SET RSA_PUBLIC_KEY = '${keyOf(KEYS.publicKey)}';`,
    ],
  },
  {
    what: 'another password',
    env: { SNOWFLAKE_PRIVATE_KEY: '', SNOWFLAKE_PASSWORD: 'guess' },
    says: [
      '!!  sign-in         user TESTER or its password is wrong',
      '      SNOWFLAKE_USER=<user>',
      '      SNOWFLAKE_PRIVATE_KEY_PATH=<file>   # instead of SNOWFLAKE_PASSWORD',
    ],
  },
  {
    what: 'a disabled user',
    options: { users: [{ ...USER, isDisabled: true }] },
    says: ['!!  sign-in         user TESTER is disabled', '      ALTER USER TESTER SET DISABLED = FALSE;'],
  },
  {
    what: 'a role that the user does not have',
    env: { SNOWFLAKE_ROLE: 'boss' },
    says: [
      '!!  sign-in         role boss does not exist, or user TESTER does not have it',
      '      GRANT ROLE BOSS TO USER TESTER;',
    ],
  },
  {
    what: 'a clock that is five minutes late',
    break: (standIn) => standIn.setClockSkew(300_000),
    says: [
      '!!  sign-in         the key is refused, as the clocks differ',
      '!!  clock           this machine is 300 s behind the account: keys are refused, and days begin at another time',
      '      timedatectl set-ntp true',
    ],
  },
  {
    what: 'a clock that is a minute early, of which a password takes no notice',
    env: { SNOWFLAKE_PRIVATE_KEY: '', SNOWFLAKE_PASSWORD: 'secret' },
    break: (standIn) => standIn.setClockSkew(-60_000),
    says: [
      '--  sign-in         by password as TESTER in account STANDIN',
      '      SNOWFLAKE_PASSWORD is used to sign in. Snowflake is ending passwords for services: give the user a key pair and set SNOWFLAKE_PRIVATE_KEY_PATH.',
      '!!  clock           this machine is 60 s before the account: keys are refused, and days begin at another time',
      '      timedatectl set-ntp true',
    ],
  },
  {
    what: 'an account that cannot be reached',
    env: { SNOWFLAKE_ACCESS_URL: 'http://127.0.0.1:9', SNOWFLAKE_LOGIN_SECONDS: '2' },
    says: [
      '!!  sign-in         http://127.0.0.1:9 cannot be reached',
      `      curl -sS -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:9   # what the network says`,
      '      SNOWFLAKE_ACCOUNT=<organization>-<account>   # if the address is wrong; SNOWFLAKE_ACCESS_URL for private link',
      '      HTTPS_PROXY=<proxy>   # if only a proxy leads out; NODE_EXTRA_CA_CERTS=<file> if it signs with a certificate of its own',
    ],
  },
  {
    what: 'a database that is not there',
    env: { SNOWFLAKE_DATABASE: 'demos' },
    says: [
      '!!  database        database DEMOS is not there, or role ANALYST may not use it; it sees DEMO',
      '      GRANT USAGE ON DATABASE DEMOS TO ROLE ANALYST;',
      '      GRANT USAGE ON SCHEMA DEMOS.PUBLIC TO ROLE ANALYST;',
    ],
  },
  {
    what: 'a schema that is not granted',
    break: (standIn) => standIn.revoke('ANALYST', 'USAGE', 'DEMO.PUBLIC'),
    says: [
      '!!  database        schema DEMO.PUBLIC is not there, or role ANALYST may not use it; it sees SERVICE',
      '      GRANT USAGE ON SCHEMA DEMO.PUBLIC TO ROLE ANALYST;',
      '!!  tables          DEMO.PUBLIC.CUSTOMERS, DEMO.PUBLIC.PRODUCTS, DEMO.PUBLIC.CUSTOMER_PRODUCTS: not there, or role ANALYST may not read',
      '      GRANT USAGE ON SCHEMA DEMO.PUBLIC TO ROLE ANALYST;',
      '      GRANT SELECT ON TABLE DEMO.PUBLIC.CUSTOMERS TO ROLE ANALYST;',
      '      GRANT SELECT ON TABLE DEMO.PUBLIC.PRODUCTS TO ROLE ANALYST;',
      '      GRANT SELECT ON TABLE DEMO.PUBLIC.CUSTOMER_PRODUCTS TO ROLE ANALYST;',
    ],
  },
  {
    what: 'a table that may not be read',
    break: (standIn) => standIn.revoke('ANALYST', 'SELECT', 'DEMO.PUBLIC.PRODUCTS'),
    says: [
      '!!  tables          DEMO.PUBLIC.PRODUCTS: not there, or role ANALYST may not read',
      '      GRANT SELECT ON TABLE DEMO.PUBLIC.PRODUCTS TO ROLE ANALYST;',
    ],
  },
  {
    what: 'tables that the role may not make',
    made: [createTable('customers')],
    break: (standIn) => standIn.revoke('ANALYST', 'CREATE TABLE', 'DEMO.PUBLIC'),
    says: [
      '!!  tables          1 can be read; DEMO.PUBLIC.PRODUCTS, DEMO.PUBLIC.CUSTOMER_PRODUCTS cannot be made at the start',
      '      GRANT CREATE TABLE ON SCHEMA DEMO.PUBLIC TO ROLE ANALYST;',
    ],
  },
  {
    what: 'a table of the service that may not be written',
    break: (standIn) => {
      for (const privilege of ['UPDATE', 'DELETE'] as const) {
        standIn.revoke('ANALYST', privilege, 'DEMO.PUBLIC.CUSTOMERS');
      }
    },
    says: [
      '!!  writing         role ANALYST may not write DEMO.PUBLIC.CUSTOMERS',
      '      GRANT UPDATE, DELETE ON TABLE DEMO.PUBLIC.CUSTOMERS TO ROLE ANALYST;',
    ],
  },
  {
    what: 'a virtual warehouse that is not granted',
    break: (standIn) => standIn.revoke('ANALYST', 'USAGE', 'COMPUTE_WH'),
    says: [
      '!!  warehouse       COMPUTE_WH is not there, or role ANALYST may not use it',
      '      GRANT USAGE ON WAREHOUSE COMPUTE_WH TO ROLE ANALYST;',
    ],
  },
  {
    what: 'a suspended virtual warehouse',
    break: (standIn) => standIn.setWarehouse('COMPUTE_WH', 'SUSPENDED'),
    says: [
      '!!  warehouse       COMPUTE_WH is suspended, and does not resume by itself',
      '      ALTER WAREHOUSE COMPUTE_WH SET AUTO_RESUME = TRUE;',
    ],
  },
  {
    what: 'a virtual warehouse over its monitor',
    break: (standIn) => standIn.setWarehouse('COMPUTE_WH', 'OVER_MONITOR'),
    says: [
      '!!  warehouse       COMPUTE_WH cannot be resumed: resource monitor STAND_IN_MONITOR has used up its quota',
      '      ALTER RESOURCE MONITOR STAND_IN_MONITOR SET CREDIT_QUOTA = <credits>;',
    ],
  },
  {
    what: 'a service schema in which nothing can be made',
    break: (standIn) => standIn.revoke('ANALYST', 'CREATE TABLE', 'DEMO.SERVICE'),
    code: 0,
    says: [
      '--  service schema  DEMO.SERVICE lacks CREATE TABLE: without it nothing can be imported; all else works',
      '      GRANT CREATE TABLE ON SCHEMA DEMO.SERVICE TO ROLE ANALYST;',
    ],
  },
  {
    what: 'no service schema',
    options: { databases: { DEMO: ['PUBLIC'] } },
    code: 0,
    says: [
      '--  service schema  DEMO.SERVICE is not there, or may not be used: without it nothing can be imported; all else works',
      '      CREATE SCHEMA IF NOT EXISTS DEMO.SERVICE;',
      '      GRANT USAGE, CREATE TABLE, CREATE STAGE ON SCHEMA DEMO.SERVICE TO ROLE ANALYST;',
    ],
  },
  {
    what: 'no way to sign in',
    env: { SNOWFLAKE_PRIVATE_KEY: '' },
    says: [expect.stringMatching(/^!! {2}sign-in {9}Snowflake needs one way to sign in\. Set one of: /) as string],
  },
  {
    what: 'no database',
    env: { SNOWFLAKE_DATABASE: '' },
    says: ['!!  sign-in         SNOWFLAKE_DATABASE is not set', '      SNOWFLAKE_DATABASE=<database>'],
  },
  {
    what: 'one schema for the tables and for the service',
    env: { SNOWFLAKE_SERVICE_SCHEMA: 'public' },
    says: [
      '!!  service schema  public is SNOWFLAKE_SCHEMA too, whose tables would be hidden',
      '      SNOWFLAKE_SERVICE_SCHEMA=<schema of the service alone>',
    ],
  },
];

test.each(FAULTS)('$what: what it is and what mends it', async ({ options, made, break: damage, env, code, says }) => {
  const { standIn, ask: doctor } = await clinic(options, made);
  damage?.(standIn);
  const answer = await doctor(env);
  // The date of an answer has no parts of seconds.
  const settled = (line: string) => line.replace(/SHA256:\S+/, 'SHA256:…').replace(/ (299|301) s /, ' 300 s ');
  expect(complaints(answer.lines).map(settled)).toEqual(says);
  expect(answer.code).toBe(code ?? 1);
});

test('the advice for rights mends the account: granted, the next run finds nothing', async () => {
  const { standIn, ask: doctor } = await clinic();
  standIn.revoke('ANALYST', 'SELECT', 'DEMO.PUBLIC.PRODUCTS');
  standIn.revoke('ANALYST', 'CREATE STAGE', 'DEMO.SERVICE');
  const { text, code } = await doctor();
  expect(code).toBe(1);
  for (const [, privileges, name] of text.matchAll(/GRANT ([A-Z, ]+) ON \w+ (\S+) TO ROLE ANALYST;/g)) {
    for (const privilege of privileges!.split(', ')) standIn.grant('ANALYST', privilege as 'SELECT', name!);
  }
  expect(await doctor()).toMatchObject({ code: 0, text: expect.stringContaining('nothing has to be mended') });
});

test('a catalog over tables of the account: mistakes with their place, and what is read from where', async () => {
  const made = [`create table "DEMO"."PUBLIC"."CRM_CLIENTS" ("CLIENT_NO" varchar, "FULL_NAME" varchar)`];
  const { folder, standIn, ask: doctor } = await clinic({}, [...made, createTable('products')]);
  await standIn.admin('create table "DEMO"."PUBLIC"."Orders§3e" as select 1 as "ID"');
  const CATALOG = join(folder, 'catalog.yaml');
  writeFileSync(
    CATALOG,
    [
      'version: 1',
      'tables:',
      '  customers:',
      '    table: crm_clients',
      '    columns: { customer_id: client_no, customer_name: full_nam }',
      '  customer_products:',
      "    sql: select 'R1' as relationship_id, client_no as customer_id, 'P1' as product_id, 'purchase' as relationship_type, cast(null as date) as start_date, cast(null as date) as end_date, 1.5 as value from crm_clients",
      '  orders: { table: Order }',
      '',
    ].join('\n'),
  );
  standIn.revoke('ANALYST', 'INSERT', 'DEMO.PUBLIC.CRM_CLIENTS');
  const { lines, code } = await doctor({ CATALOG });
  expect(complaints(lines)).toEqual([
    '!!  tables          DEMO.PUBLIC."ORDER": not there, or role ANALYST may not read',
    '      GRANT SELECT ON TABLE DEMO.PUBLIC."ORDER" TO ROLE ANALYST;',
    '--  writing         role ANALYST may not write DEMO.PUBLIC.CRM_CLIENTS: they are read only, and writes are refused',
    '      GRANT INSERT ON TABLE DEMO.PUBLIC.CRM_CLIENTS TO ROLE ANALYST;',
    `!!  catalog         ${CATALOG} does not fit`,
    `      ${CATALOG}:5:55 the table "CRM_CLIENTS" has no column "full_nam" (did you mean "FULL_NAME"?)`,
    `      ${CATALOG}:8:20 the warehouse has no table "Order" (did you mean "Orders"?)`,
  ]);
  expect(code).toBe(1);
});

test('a catalog that cannot be read is said once; all that needs none of it is checked', async () => {
  const { folder, ask: doctor } = await clinic();
  const CATALOG = join(folder, 'none.yaml');
  const { lines, code } = await doctor({ CATALOG });
  expect(complaints(lines)).toEqual([
    `!!  catalog         ${CATALOG} does not fit`,
    `      ${CATALOG}:1:1 the file cannot be read (ENOENT)`,
  ]);
  expect(lines).toContain('ok  service schema  DEMO.SERVICE can be used');
  expect(code).toBe(1);
});
