import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/app-error.ts';
import { DriverError, type DriverFailure } from './driver.ts';
import { isBroken, translate, translateWrite } from './errors.ts';
import { queryTag } from './tag.ts';
import { tenant } from '../tenant.ts';

const refused = (code: string, sqlState: string, message = 'words') =>
  new DriverError('refused', message, { code, sqlState });
const meaning = (error: unknown, text = 'select 1') =>
  translate(error, { text, role: 'ANALYST', limit: '600 seconds (STREAM_SECONDS)' });

describe('what Snowflake refuses', () => {
  it.each([
    [refused('000604', '57014', 'SQL execution canceled'), 'statement.cancelled', /cancelled in Snowflake/],
    [
      refused('000630', '57014', 'Statement reached its statement or warehouse timeout of 1 second(s)'),
      'statement.timeout',
      /timeout of 600 seconds \(STREAM_SECONDS\)/,
    ],
    [
      refused('000630', '57014', 'Statement reached its queued timeout of 1 second(s)'),
      'warehouse.busy',
      /QUEUE_SECONDS/,
    ],
    [refused('000625', '57014', 'locked'), 'warehouse.busy', /lock/],
    [refused('000606', '57P03', 'No active warehouse'), 'warehouse.suspended', /AUTO_RESUME.*TO ROLE ANALYST/],
    [refused('090073', '22000', 'resource monitor'), 'warehouse.suspended', /resource monitor/],
    [refused('000904', '42000', 'invalid identifier'), 'warehouse.failed', /could not be run/],
    [new DriverError('refused', 'nothing known'), 'warehouse.failed', /could not be run/],
    [new RangeError('a bug'), 'warehouse.failed', /could not be run/],
  ] as const)('%s', (error, code, detail) => {
    expect(meaning(error)).toMatchObject({ code, detail: expect.stringMatching(detail), cause: error });
  });

  it('passes our own errors, and says when to try again', () => {
    const ours = new AppError('limit.rows', 'too many');
    expect(meaning(ours)).toBe(ours);
    expect(meaning(refused('090073', '22000')).headers).toEqual({ 'retry-after': '60' });
    expect(meaning(refused('000904', '42000')).headers).toEqual({});
  });
});

describe('a missing grant', () => {
  const gone = (what: string) =>
    refused('002003', '42S02', `SQL compilation error:\n${what} does not exist or not authorized.`);
  const lacking = (what: string) =>
    refused('003001', '42501', `SQL access control error:\nInsufficient privileges to operate on ${what}`);
  it.each([
    [gone("Object 'DEMO.PUBLIC.T'"), 'select 1', 'GRANT SELECT ON TABLE DEMO.PUBLIC.T TO ROLE ANALYST'],
    [gone("View 'V'"), 'select 1', 'GRANT SELECT ON VIEW V TO ROLE ANALYST'],
    [gone("Schema 'DEMO.PUBLIC'"), 'select 1', 'GRANT USAGE ON SCHEMA DEMO.PUBLIC TO ROLE ANALYST'],
    [gone("Database 'DEMO'"), 'select 1', 'GRANT USAGE ON DATABASE DEMO TO ROLE ANALYST'],
    [gone("Stage 'S'"), 'select 1', 'GRANT READ, WRITE ON STAGE S TO ROLE ANALYST'],
    [lacking("table 'T'"), 'insert into t values (1)', 'GRANT INSERT ON TABLE T TO ROLE ANALYST'],
    [lacking("table 'T'"), 'MERGE INTO t using s', 'GRANT INSERT, UPDATE ON TABLE T TO ROLE ANALYST'],
    [lacking("table 'T'"), 'delete from t', 'GRANT DELETE ON TABLE T TO ROLE ANALYST'],
    [lacking("table 'T'"), 'drop table t', 'GRANT OWNERSHIP ON TABLE T TO ROLE ANALYST'],
    [lacking("table 'T'"), '(select 1)', 'GRANT SELECT ON TABLE T TO ROLE ANALYST'],
    [
      lacking("schema 'PUBLIC'"),
      'create or replace transient table t(i int)',
      'GRANT CREATE TABLE ON SCHEMA PUBLIC TO ROLE ANALYST',
    ],
    [lacking("schema 'PUBLIC'"), 'select 1', 'GRANT USAGE ON SCHEMA PUBLIC TO ROLE ANALYST'],
    [lacking("warehouse 'WH'"), 'select 1', 'GRANT USAGE ON WAREHOUSE WH TO ROLE ANALYST'],
    [refused('003001', '42501', 'something new'), 'select 1', 'on object of the statement'],
  ] as const)('%s: %s', (error, text, grant) => {
    expect(meaning(error, text)).toMatchObject({ code: 'warehouse.forbidden', detail: expect.stringContaining(grant) });
  });
});

describe('other failures', () => {
  it.each([
    ['unreachable', 'warehouse.unavailable', 'write.rolled_back'],
    ['lost', 'warehouse.unavailable', 'write.rolled_back'],
    ['gone', 'warehouse.unavailable', 'write.rolled_back'],
    ['died', 'warehouse.unavailable', 'write.rolled_back'],
    ['cancelled', 'statement.cancelled', 'statement.cancelled'],
    ['signIn', 'warehouse.unavailable', 'warehouse.unavailable'],
  ] satisfies [DriverFailure, string, string][])('%s', (kind, read, write) => {
    const error = new DriverError(kind, 'words');
    expect(meaning(error).code).toBe(read);
    expect(translateWrite(error, { text: '', role: '', limit: '' }).code).toBe(write);
    expect(isBroken(error)).toBe(write === 'write.rolled_back');
  });

  it.each([
    ['390144', /RSA_PUBLIC_KEY/],
    ['390100', /SNOWFLAKE_USER/],
    ['390189', /SNOWFLAKE_ROLE/],
    [undefined, /SNOWFLAKE_ACCOUNT/],
  ])('a refused sign-in (%s) says what to check', (code, words) => {
    const error = new DriverError('signIn', 'PRIVATE', code === undefined ? {} : { code });
    expect(meaning(error).detail).toMatch(words);
    expect(meaning(error).detail).not.toContain('PRIVATE');
  });
});

it('a tag is never longer than Snowflake takes, whatever it is made of', () => {
  const long = '\u0000'.repeat(5000);
  expect(queryTag(tenant('a'.repeat(63)), { analysis: long, requestId: long }).length).toBeLessThanOrEqual(2000);
  expect(queryTag(tenant('a'))).toBe('{"service":"customer-analytics","tenant":"a"}');
});
