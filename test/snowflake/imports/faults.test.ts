import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importReports } from '../../../src/data/state/import-reports.ts';
import { openState } from '../../../src/data/state/open-state.ts';
import { DriverError } from '../../../src/data/warehouse/snowflake/driver.ts';
import { AppError } from '../../../src/lib/app-error.ts';
import { settleImports } from '../../../src/features/imports/jobs/commit-record.ts';
import { importRecords } from './records.ts';
import type { Fate } from './plain-driver.ts';
import { BY_FILES, onAccount, owner } from './world.ts';

const PEOPLE =
  '    customers: { sql: "select id as customer_id, name as customer_name from people", on_reject: reject }';
const GOODS = '    products: { sql: "select id as product_id from goods" }';
const SALES =
  '    customer_products: { sql: "select id as relationship_id, who as customer_id, what as product_id from sales" }';
const ALL = [PEOPLE, GOODS, SALES].join('\n');
const FIRST = {
  'people.csv': 'id,name\nC1,Ann\nC2,Bob\n',
  'goods.csv': 'id\nP1\n',
  'sales.csv': 'id,who,what\nR1,C1,P1\n',
};
const MORE = { 'people.csv': 'id,name\nC3,Cy\n' };
const NAMES = 'select customer_id, customer_name from customers order by customer_id nulls last';

/** Ids of the customers; none without the table. */
async function customersOf({ standIn }: Awaited<ReturnType<typeof onAccount>>): Promise<unknown[]> {
  const there = await standIn.admin(`select 1 from duckdb_tables() where table_name = 'CUSTOMERS'`);
  return there.length === 0 ? [] : [...(await standIn.admin('select CUSTOMER_ID from "DEMO"."PUBLIC"."CUSTOMERS"'))];
}

/** Fates of the statements that a pattern finds, one after another. */
function fates(pattern: RegExp, ...list: Fate[]) {
  return Object.assign((text: string): Fate => (pattern.test(text) ? (list.shift() ?? 'send') : 'send'), { list });
}

/** The commit of the transaction that puts rows in place: the one that follows the record. */
function atCommit(...list: Fate[]) {
  let isRecorded = false;
  const hook = (text: string): Fate => {
    if (/insert into .*LAST_IMPORT/i.test(text)) isRecorded = true;
    if (text !== 'commit' || !isRecorded) return 'send';
    isRecorded = false;
    return list.shift() ?? 'send';
  };
  return Object.assign(hook, { list });
}

test.each([
  ['a file on its way', fates(/^put /, 'drop')],
  ['the answer to a file', fates(/^put /, 'lose', 'lose')],
  ['COPY on its way', fates(/^copy into/, 'drop')],
  ['the answer to COPY', fates(/^copy into/, 'lose', 'lose')],
  ['the answer to making a stage', fates(/^create stage/, 'lose')],
  ['the answer to making a staging table', fates(/^create or replace transient/, 'lose')],
  ['the answer to the rows', fates(/^insert into "CUSTOMERS"/, 'lose', 'lose')],
  ['the answer to the record', fates(/^insert into "SERVICE"."LAST_IMPORT"/, 'lose')],
  ['a commit on its way', atCommit('drop', 'drop')],
  ['the answer to a commit', atCommit('lose')],
])('%s is lost: the rows are stored once', async (_name, hook) => {
  const account = await onAccount({ hook, limits: BY_FILES });
  const report = await account.importFiles(FIRST, ALL);
  expect(report).toMatchObject({ outcome: 'imported', problem: null });
  expect(await account.rows(NAMES)).toEqual([
    ['C1', 'Ann'],
    ['C2', 'Bob'],
  ]);
  expect(await account.rows('select count(*) as n from service.last_import')).toEqual([[1]]);
  expect(hook.list).toEqual([]);
  expect(await account.left()).toEqual([]);
});

test.each([
  ['COPY', fates(/^copy into/, 'lose', 'lose', 'lose')],
  ['the rows', fates(/^merge into/, 'lose', 'lose', 'lose')],
])('the answer to %s is lost again and again: nothing is changed, and it says so', async (_name, hook) => {
  const account = await onAccount();
  await account.importFiles(FIRST, ALL);
  const broken = await onAccount({ hook, limits: BY_FILES });
  const report = await broken.importFiles(FIRST, ALL, { mode: 'append' });
  expect(report).toMatchObject({
    outcome: 'failed',
    problem: expect.stringMatching(/nothing of the transaction is stored/),
  });
  expect(await customersOf(broken)).toEqual([]);
  expect(await broken.left()).toEqual([]);
  expect(hook.list).toEqual([]);
});

test('what a lost commit did is found by the next start when the account does not answer before', async () => {
  let isAway = false;
  const stopped = new AbortController();
  const commits = atCommit('lose');
  const account = await onAccount({
    hook(text) {
      const fate = commits(text);
      if (fate === 'lose') isAway = true;
      else if (isAway) {
        stopped.abort(new AppError('service.draining', 'the service shuts down'));
        throw new Error('no network');
      }
      return fate;
    },
  });
  const state = openState({ file: join(account.root, 'state.sqlite'), clock: () => new Date() });
  const reports = importReports(state);
  const started = await reports.start(owner, '');
  const importing = account.importFiles(
    FIRST,
    ALL,
    {},
    { signal: stopped.signal, ...importRecords(started, account.root) },
  );
  await expect(importing).rejects.toMatchObject({ code: 'write.unknown' });
  isAway = false;
  const host = { state, owner, paths: account.paths, settings: account.settings };
  await settleImports(host, account.warehouse);
  expect(await reports.get(owner, started.id)).toMatchObject({ outcome: 'imported', report: { outcome: 'imported' } });
  expect(await account.left()).toEqual([]);
  expect(readdirSync(join(account.root, 'processed', 'loads'))).toEqual([]);
  const other = await reports.start(owner, '');
  await settleImports(host, account.warehouse);
  expect(await reports.get(owner, other.id)).toMatchObject({ outcome: 'interrupted' });
  state.close();
});

test('an import waits for an account that is away after its commit, and cannot be cancelled until it knows', async () => {
  let looks = 0;
  const stopped = new AbortController();
  const commits = atCommit('lose');
  const hook = (text: string): Fate => {
    const fate = commits(text);
    if (fate === 'lose') looks = 3;
    else if (looks > 0) {
      looks -= 1;
      return 'drop';
    }
    return fate;
  };
  const account = await onAccount({ hook });
  const heard: string[] = [];
  const progress = (_phase: string, detail: string) => {
    if (!detail.startsWith('waiting')) return;
    heard.push(detail);
    if (heard.length === 1) throw new TypeError('whoever listens may fail');
  };
  const report = await account.importFiles(FIRST, ALL, {}, { signal: stopped.signal, progress });
  expect(report).toMatchObject({ outcome: 'imported', problem: null });
  expect(heard.length).toBeGreaterThan(0);
  expect(await account.rows(NAMES)).toHaveLength(2);
});

test.each([
  'reading what is stored',
  'customers: reading what is stored',
  'checking people.csv',
  'customers: mapping',
  'customers: storing',
  'customers: writing files',
  'preparing the account',
  'customers: uploading',
  'customers: loading',
  'committing',
])('cancelled while %s: nothing is changed, and nothing stays', async (where) => {
  const account = await onAccount({ limits: BY_FILES });
  await account.importFiles(FIRST, ALL);
  const stopped = new AbortController();
  const progress = (phase: string) => {
    if (phase === where) stopped.abort(new AppError('import.cancelled', 'enough'));
  };
  const report = await account.importFiles(MORE, PEOPLE, { mode: 'append' }, { signal: stopped.signal, progress });
  expect(report).toMatchObject({ outcome: 'cancelled', problem: `stopped while ${where}` });
  expect(await account.rows('select count(*) as n from customers')).toEqual([[2]]);
  expect(await account.left()).toEqual([]);
  expect(existsSync(join(account.root, 'processed', 'work'))).toBe(false);
  expect(await account.importFiles(MORE, PEOPLE, { mode: 'append' })).toMatchObject({ outcome: 'imported' });
});

test.each([
  ['takes an id', 'append', `insert into "DEMO"."PUBLIC"."CUSTOMERS" (CUSTOMER_ID) values ('C3')`, PEOPLE],
  ['takes an id', 'upsert', `insert into "DEMO"."PUBLIC"."CUSTOMERS" (CUSTOMER_ID) values ('C3')`, PEOPLE],
  ['deletes a row', 'upsert', `delete from "DEMO"."PUBLIC"."CUSTOMERS" where CUSTOMER_ID = 'C2'`, PEOPLE],
  ['deletes a customer', 'append', `delete from "DEMO"."PUBLIC"."CUSTOMERS" where CUSTOMER_ID = 'C2'`, SALES],
  [
    'adds a relationship',
    'replace',
    `insert into "DEMO"."PUBLIC"."CUSTOMER_PRODUCTS" (RELATIONSHIP_ID, CUSTOMER_ID, PRODUCT_ID) values ('R9', 'C2', 'P1')`,
    '    customers: { sql: "select id as customer_id from replaced" }',
  ],
] as const)(
  'somebody else %s meanwhile (%s): the import fails and changes nothing',
  async (_name, mode, theirs, tables) => {
    const account = await onAccount();
    await account.importFiles(FIRST, ALL);
    const files = {
      'people.csv': 'id,name\nC3,Cy\nC2,New\n',
      'sales.csv': 'id,who,what\nR2,C2,P1\n',
      'replaced.csv': 'id\nC1\n',
    };
    let isDone = false;
    const progress = async (phase: string) => {
      if (phase !== 'preparing the account' || isDone) return;
      isDone = true;
      await account.standIn.admin(theirs);
    };
    const report = await account.importFiles(
      files,
      tables,
      { mode, onReject: 'reject' },
      { progress: (phase) => void progress(phase) },
    );
    expect(report).toMatchObject({
      outcome: 'failed',
      problem: expect.stringMatching(/^committing: somebody else changed/),
    });
    expect(await account.rows(`select count(*) as n from customers where customer_name = 'New'`)).toEqual([[0]]);
    expect(await account.left()).toEqual([]);
  },
);

test('fewer rows than were sent stop the import', async () => {
  const account = await onAccount({ hook: fates(/^put .*CUSTOMERS|^put .*@.*customers/i, 'skip'), limits: BY_FILES });
  const report = await account.importFiles(FIRST, ALL);
  expect(report).toMatchObject({
    outcome: 'failed',
    problem: 'customers: loading: 2 rows of customers were sent, and the account has 0 of them',
  });
  expect(await customersOf(account)).toEqual([]);
});

test('what cannot be taken away after an import is taken away by the next', async () => {
  let isAway = false;
  const account = await onAccount({
    hook: (text) => {
      if (text.startsWith('drop ') && isAway) return 'drop';
      return 'send';
    },
    limits: BY_FILES,
  });
  isAway = true;
  expect(await account.importFiles(FIRST, ALL)).toMatchObject({ outcome: 'imported' });
  expect(await account.left()).toHaveLength(3);
  isAway = false;
  expect(await account.importFiles(MORE, PEOPLE, { mode: 'append' })).toMatchObject({ outcome: 'imported' });
  expect(await account.left()).toEqual([]);
});

test('a schema for the service is made when there is none', async () => {
  const account = await onAccount({ databases: { DEMO: ['PUBLIC'] } });
  expect(await account.importFiles(FIRST, ALL)).toMatchObject({ outcome: 'imported' });
  expect(await account.rows('select import_id from service.last_import')).toEqual([['1']]);
});

test.each([
  [
    'a table',
    'create table "DEMO"."PUBLIC"."CUSTOMERS" (ID varchar)',
    /has a customers of its own, which has no column customer_id/,
  ],
  [
    'a view',
    `create view "DEMO"."PUBLIC"."CUSTOMERS" as select ${['CUSTOMER_ID', 'CUSTOMER_NAME', 'CUSTOMER_TYPE', 'REGION', 'REGISTRATION_DATE', 'STATUS'].map((name) => `'x' as ${name}`).join(', ')}`,
    /which is a view/,
  ],
])('%s that is not ours is left alone', async (_name, text, problem) => {
  const account = await onAccount();
  await account.standIn.admin(text);
  const report = await account.importFiles(FIRST, ALL);
  expect(report).toMatchObject({ outcome: 'failed', problem: expect.stringMatching(problem) });
});

const VALUES =
  '    customer_products: { sql: "select id as relationship_id, who as customer_id, what as product_id, 12.34 as value from sales", mode: append }';
const relationships = (types: Readonly<Record<string, string>> = {}) =>
  `create table "DEMO"."PUBLIC"."CUSTOMER_PRODUCTS" (${Object.entries({
    relationship_id: 'varchar',
    customer_id: 'varchar',
    product_id: 'varchar',
    relationship_type: 'varchar',
    start_date: 'date',
    end_date: 'date',
    value: 'decimal(15,2)',
    ...types,
  })
    .map(([name, type]) => `${name.toUpperCase()} ${type}`)
    .join(', ')})`;

test.each([
  ['value', 'decimal(38,0)', 'NUMBER(38,0)'],
  ['value', 'decimal(14,2)', 'NUMBER(14,2)'],
  ['value', 'double', 'FLOAT'],
  ['start_date', 'varchar', 'TEXT'],
  ['start_date', 'timestamp', 'TIMESTAMP_NTZ'],
  ['customer_id', 'decimal(38,0)', 'NUMBER(38,0)'],
])('a core column %s that others made as %s stops the import before anything is read', async (column, type, said) => {
  const account = await onAccount();
  await account.standIn.admin(relationships({ [column]: type }));
  const report = await account.importFiles(FIRST, [PEOPLE, GOODS, VALUES].join('\n'));
  expect(report.problem).toContain(`has the column ${column} as ${said}, which does not hold every `);
});

test('a table that is not filled may have types of its own', async () => {
  const account = await onAccount();
  await account.standIn.admin(relationships({ value: 'double' }));
  expect(await account.importFiles(FIRST, [PEOPLE, GOODS].join('\n'))).toMatchObject({ problem: null });
});

test('columns of others in a table of ours are left to the account', async () => {
  const account = await onAccount();
  await account.standIn.admin(
    relationships({ value: 'decimal(38,4)', note: "varchar default 'theirs'", data: 'json' }),
  );
  const report = await account.importFiles(FIRST, [PEOPLE, GOODS, VALUES].join('\n'));
  expect(report).toMatchObject({ outcome: 'imported', problem: null });
  expect(await account.rows('select value, note, data from customer_products')).toEqual([['12.3400', 'theirs', null]]);
});

test('a table whose name differs in its case alone stops the import', async () => {
  const account = await onAccount();
  await account.standIn.admin('create table "DEMO"."PUBLIC"."Products" (id varchar)');
  const report = await account.importFiles(FIRST, ALL);
  expect(report.problem).toMatch(/the service keeps products in PRODUCTS, and there is a table "Products" instead/);
});

test('rows that do not arrive leave no column behind; what forbids the records is said first', async () => {
  const account = await onAccount({ hook: fates(/^put /, 'send', 'send', 'send', 'skip'), limits: BY_FILES });
  await account.importFiles(FIRST, ALL);
  const head = { head: 'tables:\n  customers:\n    attributes: { score: { type: integer } }' };
  const scored = '    customers: { sql: "select id as customer_id, 5 as score from people" }';
  expect(await account.importFiles(FIRST, scored, {}, {}, head)).toMatchObject({ outcome: 'failed' });
  expect(account.texts.filter((text) => text.startsWith('alter table'))).toEqual([]);
  const refused = await onAccount({
    hook: (text) => {
      if (text.startsWith('create schema'))
        throw new DriverError('refused', 'no right to make schemas', { code: '001003' });
      if (/LAST_IMPORT/.test(text)) throw new DriverError('refused', 'no right to make tables', { code: '001003' });
      return 'send';
    },
  });
  const report = await refused.importFiles(FIRST, ALL);
  expect(report.problem).toBe('preparing the account: no right to make tables');
});

test('requests go on by the present catalog until the rows are in place', async () => {
  const seen: string[] = [];
  const account = await onAccount({
    hook: (text) => {
      if (text.startsWith('insert into "CUSTOMERS"')) seen.push('rows');
      return 'send';
    },
  });
  const { record: make } = importRecords({ id: '1', startedAt: '2026-01-01T00:00:00.000Z' }, account.root);
  const record: typeof make = (report) => {
    seen.push('asked');
    return make!(report);
  };
  await account.importFiles(FIRST, PEOPLE, {}, { record });
  expect(seen).toEqual(['rows', 'asked']);
});

test('an attribute that would change its type stops the import', async () => {
  const account = await onAccount();
  const head = (type: string) => ({ head: `tables:\n  customers:\n    attributes: { score: { type: ${type} } }` });
  const tables = '    customers: { sql: "select id as customer_id, 5 as score from people" }';
  expect(await account.importFiles(FIRST, tables, {}, {}, head('integer'))).toMatchObject({ outcome: 'imported' });
  const report = await account.importFiles(FIRST, tables, {}, {}, head('text'));
  expect(report.problem).toMatch(
    /the stored table customers has the attribute "score" with another type \(NUMBER\(38,0\)\)/,
  );
  expect(await account.importFiles(FIRST, tables, { mode: 'upsert' }, {}, head('text'))).toMatchObject({
    problem: expect.stringMatching(/has another type \(BIGINT\) for the attribute "score"/),
  });
});
