import { expect, test } from 'vitest';
import { connect, failureOf, rsaKeys, testStandIn } from './driver.ts';

const USER = { name: 'TESTER', password: 'secret', roles: ['ANALYST', 'PUBLIC'] };

test('a password lets in, a wrong one is 390100', async () => {
  const standIn = await testStandIn();
  const { run } = await connect(standIn);
  const { rows } = await run(
    'select current_role() as r, current_warehouse() as w, current_database() as d, current_user() as u',
  );
  expect(rows).toEqual([{ R: 'ANALYST', W: 'COMPUTE_WH', D: 'DEMO', U: 'TESTER' }]);
  expect((await failureOf(connect(standIn, { password: 'wrong' }))).code).toBe('390100');
  expect(standIn.log.of('login').map(({ outcome }) => outcome)).toEqual(['ok', '390100']);
});

test('a key pair lets in by either of two keys; another key, another account and a skewed clock are 390144', async () => {
  const [first, second, other] = [rsaKeys(), rsaKeys(), rsaKeys()];
  const users = [{ ...USER, publicKeys: [first.publicKey, second.publicKey] }];
  const standIn = await testStandIn({ users });
  const byKey = (privateKey: string, more = {}) =>
    connect(standIn, { authenticator: 'SNOWFLAKE_JWT', privateKey, password: undefined, ...more });
  for (const { privateKey } of [first, second]) {
    expect((await (await byKey(privateKey)).run('select 1 as one')).rows).toEqual([{ ONE: 1 }]);
  }
  expect((await failureOf(byKey(other.privateKey))).code).toBe('390144');
  expect((await failureOf(byKey(first.privateKey, { account: 'ELSEWHERE' }))).code).toBe('390144');
  standIn.setClockSkew(600_000);
  expect((await failureOf(byKey(first.privateKey))).code).toBe('390144');
  standIn.setClockSkew(-600_000);
  expect((await failureOf(byKey(first.privateKey))).code).toBe('390144');
});

test('a role that the user does not have is 390189', async () => {
  const standIn = await testStandIn();
  expect((await failureOf(connect(standIn, { role: 'SYSADMIN' }))).code).toBe('390189');
  const { run } = await connect(standIn, { role: 'PUBLIC' });
  expect((await run('select current_role() as r')).rows).toEqual([{ R: 'PUBLIC' }]);
});

test('OAuth: a token, an unknown one, and client credentials from the token endpoint', async () => {
  let now = Date.now();
  const standIn = await testStandIn({
    users: [{ ...USER, oauthTokens: ['good'] }],
    oauthClients: [{ id: 'app', secret: 'hush', user: 'TESTER' }],
    now: () => now,
  });
  await connect(standIn, { authenticator: 'OAUTH', token: 'good', password: undefined });
  expect((await failureOf(connect(standIn, { authenticator: 'OAUTH', token: 'bad', password: undefined }))).code).toBe(
    '390303',
  );
  const client = {
    authenticator: 'OAUTH_CLIENT_CREDENTIALS',
    oauthClientId: 'app',
    oauthTokenRequestUrl: `${standIn.url}/oauth/token`,
    oauthHttpAllowed: true,
    password: undefined,
  };
  const { run } = await connect(standIn, { ...client, oauthClientSecret: 'hush' });
  expect((await run('select 1 as one')).rows).toEqual([{ ONE: 1 }]);
  await expect(connect(standIn, { ...client, oauthClientSecret: 'wrong' })).rejects.toThrow();
  expect(standIn.log.of('token')).toHaveLength(2);
  const form = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'hush' };
  const issued = await fetch(`${standIn.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await issued.json()) as { access_token: string };
  now += 601_000;
  expect((await failureOf(connect(standIn, { authenticator: 'OAUTH', token, password: undefined }))).code).toBe(
    '390318',
  );
});

test('a programmatic access token and a workload identity', async () => {
  const identities = [{ provider: 'OIDC', token: 'proof' }];
  const standIn = await testStandIn({ users: [{ ...USER, accessTokens: ['pat'], identities }] });
  await connect(standIn, { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'pat', password: undefined });
  const identity = { authenticator: 'WORKLOAD_IDENTITY', workloadIdentityProvider: 'OIDC', password: undefined };
  await connect(standIn, { ...identity, token: 'proof' });
  expect(standIn.log.of('login')[1]!.login).toMatchObject({
    authenticator: 'WORKLOAD_IDENTITY',
    provider: 'OIDC',
    hasToken: true,
  });
  expect((await failureOf(connect(standIn, { ...identity, token: 'forged' }))).code).toBe('394507');
  const pat = { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'no', password: undefined };
  expect((await failureOf(connect(standIn, pat))).code).toBe('394400');
});

test('a disabled user is 390101', async () => {
  const standIn = await testStandIn({ users: [{ ...USER, isDisabled: true }] });
  expect((await failureOf(connect(standIn))).code).toBe('390101');
});
