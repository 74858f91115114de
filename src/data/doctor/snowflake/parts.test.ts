import { expect, test } from 'vitest';
import { settingsWith, type Settings } from '../../../config/settings.ts';
import { DriverError } from '../../warehouse/snowflake/driver.ts';
import { batchesOf, scriptedDriver } from '../../warehouse/snowflake/test-driver.ts';
import { linesOf } from '../finding.ts';
import { type Account, accountOf, type Row } from './account.ts';
import { snowflakeFindings } from './checks.ts';
import { clockFinding, secondsBefore } from './clock.ts';
import { computeFinding } from './compute.ts';
import { bare, shown } from './names.ts';
import { placeOf } from './place.ts';
import { grantsFor, rightsOf } from './rights.ts';
import { addressOf, refused, wayOf } from './sign-in.ts';

const SETTINGS = settingsWith({
  WAREHOUSE: 'snowflake',
  SNOWFLAKE_ACCOUNT: 'acme-prod',
  SNOWFLAKE_USER: 'tester',
  SNOWFLAKE_PASSWORD: 'secret',
  SNOWFLAKE_DATABASE: 'demo',
  SNOWFLAKE_WAREHOUSE: 'wh',
});

/** An account that answers statements by how they begin. */
function account(answers: Readonly<Record<string, readonly Row[] | Error>>, changes: Partial<Settings> = {}): Account {
  const ask = async (text: string) => {
    const [, answer] = Object.entries(answers).find(([start]) => text.startsWith(start)) ?? [];
    if (answer === undefined) throw new TypeError(`not expected: ${text}`);
    if (answer instanceof Error) throw answer;
    return answer as readonly Row[];
  };
  const parts = { ask, warehouse: undefined as never, settings: { ...SETTINGS, ...changes } };
  return accountOf(parts, { who: 'TESTER', role: 'ANALYST', account: 'ACME', warehouse: '', at: '' });
}

const refusal = (code: string, message: string) => new DriverError('refused', message, { code });

test.each([
  ['390102', /is locked/, ['ALTER USER TESTER SET MINS_TO_UNLOCK = 0;']],
  ['390303', /the password is refused: it has expired/, [expect.stringContaining('get a new one')]],
  ['390420', /network policy/, ['ALTER USER TESTER SET NETWORK_POLICY = <policy>;   -- one that allows this machine']],
  ['390999', /^Check SNOWFLAKE_ACCOUNT, .* secret\. \(390999\)$/, []],
])('a sign-in that is refused with %s', (code, says, advice) => {
  const error = new DriverError('signIn', 'no', { code });
  const finding = refused(error, { settings: SETTINGS, way: wayOf(SETTINGS) });
  expect(finding).toMatchObject({ mark: '!!', check: 'sign-in', says: expect.stringMatching(says), advice });
});

test('a driver that dies at the sign-in is said too', () => {
  const died = refused(new DriverError('died', 'gone'), { settings: SETTINGS, way: wayOf(SETTINGS) });
  expect([died.mark, died.says]).toEqual(['!!', 'the driver stopped: gone']);
});

test('the address is that of the account, or the one that is set', () => {
  expect(addressOf(SETTINGS)).toBe('https://acme-prod.snowflakecomputing.com');
  expect(addressOf({ ...SETTINGS, SNOWFLAKE_ACCESS_URL: 'https://x.privatelink' })).toBe('https://x.privatelink');
});

test('a clock is told from a server that gives no date', async () => {
  expect(clockFinding(-1.2).says).toBe('this machine is within a second of the account');
  expect(clockFinding(12).says).toBe('this machine is 12 s before the account');
  expect(await secondsBefore('http://127.0.0.1:9', () => new Date())).toBeUndefined();
});

const WH = { name: 'WH', size: 'X-Small', auto_suspend: '60', auto_resume: 'true', resource_monitor: 'null' };

test.each<[string, Row, Error | undefined, string, readonly string[]]>([
  [
    'never suspends itself',
    { ...WH, auto_suspend: '' },
    undefined,
    '--',
    ['ALTER WAREHOUSE WH SET AUTO_SUSPEND = 60;'],
  ],
  [
    'is over a monitor that is not named in words we know',
    { ...WH, resource_monitor: 'M' },
    refusal('090073', 'cannot be resumed'),
    '!!',
    ['ALTER RESOURCE MONITOR M SET CREDIT_QUOTA = <credits>;'],
  ],
  [
    'runs nothing for another reason',
    WH,
    refusal('000606', 'No active warehouse\nselected'),
    '!!',
    ['GRANT USAGE ON WAREHOUSE WH TO ROLE ANALYST;'],
  ],
])('a virtual warehouse that %s', async (_, row, error, mark, advice) => {
  const asked = account({ 'show warehouses': [row], 'select count': error ?? [{ n: '1' }] });
  expect(await computeFinding(asked)).toMatchObject({ mark, advice });
});

test('no virtual warehouse at all; and a broken connection is no finding about it', async () => {
  const none = await computeFinding(account({}, { SNOWFLAKE_WAREHOUSE: '' }));
  expect(none).toMatchObject({ mark: '!!', advice: ['SNOWFLAKE_WAREHOUSE=<warehouse>'] });
  const lost = account({ 'show warehouses': [WH], 'select count': new DriverError('lost', 'no answer') });
  await expect(computeFinding(lost)).rejects.toThrow('no answer');
});

test('databases that are seen are named, not all of many', async () => {
  const many = ['A', 'b', 'C', 'D', 'E', 'F', 'G'].map((name) => ({ name }));
  const { finding } = await placeOf(account({ 'show databases': many }));
  expect(finding.says).toMatch(/; it sees A, "b", C, D, E and 2 more$/);
  const { finding: none } = await placeOf(account({ 'show databases': [] }));
  expect(none.says).toMatch(/; it sees none$/);
});

const grant = (privilege: string, kind: string, name: string): Row => ({ privilege, granted_on: kind, name });

test('rights come from roles below too, from owning, and however names are written', async () => {
  const asked: string[] = [];
  const grants: Readonly<Record<string, readonly Row[] | undefined>> = {
    'show grants to role ANALYST': [
      grant('USAGE', 'ROLE', 'READER'),
      grant('USAGE', 'DATABASE_ROLE', 'D.SHARED'),
      grant('USAGE', 'ROLE', 'SECRETIVE'),
      grant('OWNERSHIP', 'SCHEMA', 'D.S'),
    ],
    'show grants to role READER': [grant('SELECT', 'VIEW', 'D.S."v w"'), grant('USAGE', 'ROLE', 'ANALYST')],
    'show grants to database role D.SHARED': [grant('SELECT', 'EXTERNAL_TABLE', 'D.S."ORDER"')],
  };
  const rights = await rightsOf(async (text) => {
    asked.push(text);
    const found = grants[text];
    if (found === undefined) throw refusal('003001', 'Insufficient privileges');
    return found;
  }, 'ANALYST');
  expect(rights.has({ privilege: 'SELECT', kind: 'VIEW', name: 'D.S."v w"' })).toBe(true);
  expect(rights.has({ privilege: 'SELECT', kind: 'TABLE', name: 'D.S."ORDER"' })).toBe(true);
  expect(rights.has({ privilege: 'CREATE TABLE', kind: 'SCHEMA', name: 'D.S' })).toBe(true);
  expect(rights.has({ privilege: 'INSERT', kind: 'TABLE', name: 'D.S."ORDER"' })).toBe(false);
  // A name is one thing as a schema and another as a table.
  expect(rights.has({ privilege: 'SELECT', kind: 'TABLE', name: 'D.S' })).toBe(false);
  expect(asked).toHaveLength(4);
  await expect(rightsOf(() => Promise.reject(refusal('003001', 'no')), 'R')).rejects.toThrow('no');
});

test('what is missing on one object is one statement', () => {
  const needs = ['INSERT', 'DELETE'].map((privilege) => ({ privilege, kind: 'TABLE' as const, name: 'D.S.T' }));
  expect(grantsFor([...needs, { privilege: 'USAGE', kind: 'SCHEMA', name: 'D.S' }], 'my role')).toEqual([
    'GRANT INSERT, DELETE ON TABLE D.S.T TO ROLE "my role";',
    'GRANT USAGE ON SCHEMA D.S TO ROLE "my role";',
  ]);
});

test('names are quoted where a statement needs it', () => {
  expect(['T', 'T$1', 't', 'ORDER', 'a "b"', '1T'].map(shown)).toEqual([
    'T',
    'T$1',
    '"t"',
    '"ORDER"',
    '"a ""b"""',
    '"1T"',
  ]);
  expect(bare('D."a ""b"""."ORDER"')).toBe('D.a "b".ORDER');
});

type Told = readonly Row[] | Error;

/** Lines of a whole run over a driver that is told what to answer, by how statements begin. */
async function run(answers: Readonly<Record<string, Told>>) {
  const driver = scriptedDriver({
    answer: ({ text }) => {
      const [, told = []] = Object.entries(answers).find(([start]) => text.startsWith(start)) ?? [];
      return told instanceof Error ? told : resultOf(told);
    },
  });
  const lines: string[] = [];
  for await (const finding of snowflakeFindings(SETTINGS, undefined, () => driver)) lines.push(...linesOf(finding));
  expect(driver.events.at(-1)).toBe('end');
  return lines;
}

function resultOf(rows: readonly Row[]) {
  const names = Object.keys(rows[0] ?? {});
  const columns = names.map((name) => rows.map((row) => row[name]!));
  const schema = names.map((name) => ({ name: name.toUpperCase(), type: 'text', engineType: 'TEXT' }) as const);
  return { schema, rowCount: rows.length, batches: batchesOf([{ rowCount: rows.length, columns }]) };
}

test('a question that fails ends the run with the words of the account, and everything is closed', async () => {
  expect(await run({ select: refusal('000603', 'internal\nerror') })).toEqual([
    '!!  account         a question failed: internal error (000603)',
  ]);
  expect(await run({ select: new DriverError('gone', 'the session has ended') })).toEqual([
    '!!  account         a question failed: the session has ended (gone)',
  ]);
});

test.each([
  ['ACCOUNTADMIN', '--  role            ACCOUNTADMIN may do far more than the service needs'],
  ['', '!!  role            the session has none'],
])('a session with the role %j', async (role, line) => {
  const facts = { who: 'TESTER', role, account: 'ACME', warehouse: '', at: new Date().toISOString() };
  const lines = await run({ 'select current': [facts] });
  expect(lines).toContain('ok  clock           this machine is within a second of the account');
  expect(lines).toContain(line);
  // What cannot be asked without a virtual warehouse and a database is left out.
  expect(lines.filter((one) => /^(ok|--|!!) {2}(tables|writing|service schema|catalog) /.test(one))).toEqual([]);
});

test('what the driver does not know is no finding', async () => {
  await expect(run({ select: new TypeError('a mistake of ours') })).rejects.toThrow('a mistake of ours');
});
