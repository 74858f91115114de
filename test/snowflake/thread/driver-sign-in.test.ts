import { expect, onTestFinished, test } from 'vitest';
import { rsaKeys, testStandIn } from '../driver.ts';
import type { StandIn } from '../stand-in.ts';
import { type Settings } from '../../../src/config/settings.ts';
import { openDriver } from '../../../src/data/warehouse/snowflake/driver-thread.ts';
import { ask, settingsFor, startHere } from './open-thread.ts';

const keys = { first: rsaKeys(), second: rsaKeys(), other: rsaKeys() };
const USERS = [
  { name: 'TESTER', publicKeys: [keys.first.publicKey, keys.second.publicKey], roles: ['ANALYST'] },
  { name: 'MACHINE', oauthTokens: ['oauth-1'], accessTokens: ['pat-1'], roles: ['ANALYST'] },
];
const CLIENTS = [{ id: 'id', secret: 'client-secret', user: 'MACHINE' }];
const driverFor = (standIn: StandIn, changes: Partial<Settings>) => {
  const driver = openDriver(settingsFor(standIn, { SNOWFLAKE_PASSWORD: '', ...changes }), { start: startHere });
  onTestFinished(() => driver.close());
  return driver;
};
const open = () => testStandIn({ users: USERS, oauthClients: CLIENTS });

test.each<[string, (standIn: StandIn) => Partial<Settings>]>([
  ['key', () => ({ SNOWFLAKE_PRIVATE_KEY: keys.first.privateKey })],
  ['OAuth token', () => ({ SNOWFLAKE_USER: '', SNOWFLAKE_OAUTH_TOKEN: 'oauth-1' })],
  ['programmatic access token', () => ({ SNOWFLAKE_ACCESS_TOKEN: 'pat-1' })],
  [
    'OAuth client credentials',
    ({ url }) => ({
      SNOWFLAKE_OAUTH_CLIENT_ID: 'id',
      SNOWFLAKE_OAUTH_CLIENT_SECRET: 'client-secret',
      SNOWFLAKE_OAUTH_TOKEN_URL: `${url}/oauth/token`,
    }),
  ],
])('signs in by %s', async (_, settings) => {
  const standIn = await open();
  const session = await driverFor(standIn, { SNOWFLAKE_USER: 'tester', ...settings(standIn) }).connect();
  expect(await ask(session, 'select current_role() as r')).toEqual({ R: ['ANALYST'] });
});

test('the second key is tried when the first is refused, and first the next time', async () => {
  const standIn = await open();
  const driver = driverFor(standIn, {
    SNOWFLAKE_PRIVATE_KEY: keys.other.privateKey,
    SNOWFLAKE_PRIVATE_KEY_2: keys.second.privateKey,
  });
  await driver.connect();
  await driver.connect();
  expect(standIn.log.of('login').map(({ outcome }) => outcome)).toEqual(['390144', 'ok', 'ok']);
});

test('a refused sign-in keeps its code and shows no secret', async () => {
  const standIn = await open();
  const wrong = driverFor(standIn, { SNOWFLAKE_OAUTH_TOKEN: 'very-secret' });
  await expect(wrong.connect()).rejects.toMatchObject({ kind: 'signIn', code: '390303' });
  standIn.setClockSkew(600_000);
  const late = driverFor(standIn, { SNOWFLAKE_PRIVATE_KEY: keys.first.privateKey });
  await expect(late.connect()).rejects.toMatchObject({ kind: 'signIn', code: '390144' });
});

test.each([
  [400, 'signIn', 1],
  [403, 'signIn', 1],
  [404, 'signIn', 1],
  [408, 'unreachable', 3],
  [429, 'unreachable', 3],
  [503, 'unreachable', 3],
] as const)('a token endpoint that answers %i: %s', async (status, kind, least) => {
  const standIn = await open();
  const driver = driverFor(standIn, {
    SNOWFLAKE_OAUTH_CLIENT_ID: 'id',
    SNOWFLAKE_OAUTH_CLIENT_SECRET: 'client-secret',
    SNOWFLAKE_OAUTH_TOKEN_URL: `${standIn.url}/oauth/token`,
    SNOWFLAKE_LOGIN_SECONDS: 3,
  });
  standIn.faults.add({ on: 'token', action: { kind: 'status', status }, times: 100 });
  await expect(driver.connect()).rejects.toMatchObject({ kind });
  const sent = standIn.log.of('token').length;
  expect(kind === 'signIn' ? sent : Math.min(sent, least)).toBe(least);
});

test('a sign-in is tried again while the account is away, for so long', async () => {
  const standIn = await open();
  const driver = driverFor(standIn, { SNOWFLAKE_PRIVATE_KEY: keys.first.privateKey, SNOWFLAKE_LOGIN_SECONDS: 3 });
  standIn.faults.add({ on: 'login', action: { kind: 'status', status: 503 } });
  await driver.connect();
  standIn.faults.add({ on: 'login', action: { kind: 'hang' }, times: 9 });
  const before = performance.now();
  await expect(driver.connect()).rejects.toMatchObject({ kind: 'unreachable' });
  expect(performance.now() - before).toBeLessThan(4000);
});

test('a sign-in that is given up ends at once', async () => {
  const standIn = await open();
  const driver = driverFor(standIn, { SNOWFLAKE_PRIVATE_KEY: keys.first.privateKey });
  await driver.connect();
  standIn.faults.add({ on: 'login', action: { kind: 'hang' } });
  const stop = new AbortController();
  const signingIn = driver.connect(stop.signal);
  stop.abort();
  await expect(signingIn).rejects.toMatchObject({ kind: 'cancelled' });
  await expect(driver.connect(stop.signal)).rejects.toMatchObject({ kind: 'cancelled' });
});

test('a workload identity shows its token', async () => {
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
  const folder = mkdtempSync('/tmp/token-');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part({ iss: 'https://issuer.example', sub: 'svc' })}.x`;
  writeFileSync(`${folder}/token`, token);
  const users = [{ name: 'WORKLOAD', identities: [{ provider: 'OIDC', token }], roles: ['ANALYST'] }];
  const standIn = await testStandIn({ users });
  const oidc = { SNOWFLAKE_WORKLOAD_IDENTITY: 'oidc', SNOWFLAKE_WORKLOAD_TOKEN_PATH: `${folder}/token` } as const;
  const session = await driverFor(standIn, { SNOWFLAKE_USER: '', ...oidc }).connect();
  expect(await ask(session, 'select current_role() as r')).toEqual({ R: ['ANALYST'] });
});
