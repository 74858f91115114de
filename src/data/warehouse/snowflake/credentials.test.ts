import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Settings, settingsWith } from '../../../config/settings.ts';
import { credentialsOf } from './credentials.ts';

const of = (changes: Partial<Settings>) => credentialsOf(settingsWith({ SNOWFLAKE_ACCOUNT: 'org-acc', ...changes }));
const keyText = (passphrase?: string) =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
    })
    .toString();
const file = (text: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'key.p8'), text);
  return join(folder, 'key.p8');
};
const USER = { SNOWFLAKE_USER: 'ann' };

test('common options, without what is not set', () => {
  const { ways, warning } = of({
    ...USER,
    SNOWFLAKE_ACCESS_TOKEN: 'pat',
    SNOWFLAKE_ACCESS_URL: 'https://acc.example/',
    SNOWFLAKE_ROLE: 'R',
    SNOWFLAKE_DATABASE: 'DB',
  });
  expect(ways).toEqual([
    {
      account: 'org-acc',
      accessUrl: 'https://acc.example',
      username: 'ann',
      role: 'R',
      database: 'DB',
      schema: 'PUBLIC',
      application: 'customer-analytics',
      authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
      token: 'pat',
    },
  ]);
  expect(warning).toBeUndefined();
});

test('keys by file and inline, encrypted too, the second behind the first', () => {
  const [first, second] = [keyText(), keyText('open sesame')];
  const { ways } = of({
    ...USER,
    SNOWFLAKE_PRIVATE_KEY: first.replaceAll('\n', '\\n'),
    SNOWFLAKE_PRIVATE_KEY_PATH_2: file(second),
    SNOWFLAKE_PRIVATE_KEY_PASSPHRASE_2: 'open sesame',
  });
  expect(ways.map(({ authenticator }) => authenticator)).toEqual(['SNOWFLAKE_JWT', 'SNOWFLAKE_JWT']);
  expect(ways[0]!['privateKey']).toBe(first);
  expect(ways[1]!['privateKey']).toMatch(/^-----BEGIN PRIVATE KEY-----/);
});

test('other ways', () => {
  expect(of({ SNOWFLAKE_OAUTH_TOKEN: 't' }).ways[0]).toMatchObject({ authenticator: 'OAUTH', token: 't' });
  const client = {
    SNOWFLAKE_OAUTH_CLIENT_ID: 'id',
    SNOWFLAKE_OAUTH_CLIENT_SECRET: 'hidden',
    SNOWFLAKE_OAUTH_TOKEN_URL: 'https://login.example/token',
  };
  expect(of(client).ways[0]).not.toHaveProperty('oauthHttpAllowed');
  expect(of({ ...client, SNOWFLAKE_OAUTH_TOKEN_URL: 'http://x/', SNOWFLAKE_OAUTH_SCOPE: 's' }).ways[0]).toMatchObject({
    authenticator: 'OAUTH_CLIENT_CREDENTIALS',
    oauthClientId: 'id',
    oauthScope: 's',
    oauthHttpAllowed: true,
  });
  expect(of({ SNOWFLAKE_WORKLOAD_IDENTITY: 'aws' }).ways[0]).toMatchObject({ workloadIdentityProvider: 'AWS' });
  const oidc = { SNOWFLAKE_WORKLOAD_IDENTITY: 'oidc', SNOWFLAKE_WORKLOAD_TOKEN_PATH: file('token\n') } as const;
  expect(of(oidc).ways[0]).toMatchObject({
    authenticator: 'WORKLOAD_IDENTITY',
    workloadIdentityProvider: 'OIDC',
    token: 'token',
  });
  expect(of({ ...USER, SNOWFLAKE_PASSWORD: 'p' }).warning).toMatch(/SNOWFLAKE_PRIVATE_KEY_PATH/);
});

test.each<[string, Partial<Settings>, RegExp]>([
  ['no account', { SNOWFLAKE_ACCOUNT: '', SNOWFLAKE_OAUTH_TOKEN: 'hidden' }, /SNOWFLAKE_ACCOUNT/],
  ['no way', USER, /Set one of: SNOWFLAKE_PRIVATE_KEY_PATH/],
  [
    'two ways',
    { ...USER, SNOWFLAKE_OAUTH_TOKEN: 'hidden', SNOWFLAKE_PASSWORD: 'hidden' },
    /SNOWFLAKE_OAUTH_TOKEN, SNOWFLAKE_PASSWORD/,
  ],
  ['no user', { SNOWFLAKE_PASSWORD: 'hidden' }, /SNOWFLAKE_USER must be set when SNOWFLAKE_PASSWORD/],
  ['half a client', { SNOWFLAKE_OAUTH_CLIENT_ID: 'x' }, /CLIENT_SECRET and SNOWFLAKE_OAUTH_TOKEN_URL must be set/],
  ['no token file', { SNOWFLAKE_WORKLOAD_IDENTITY: 'oidc' }, /SNOWFLAKE_WORKLOAD_TOKEN_PATH must be set/],
  [
    'no key file',
    { ...USER, SNOWFLAKE_PRIVATE_KEY_PATH: '/nowhere/key' },
    /SNOWFLAKE_PRIVATE_KEY_PATH cannot be read: ENOENT/,
  ],
  ['no PEM', { ...USER, SNOWFLAKE_PRIVATE_KEY: 'hidden' }, /no.* private key in PEM|not a private key/],
  [
    'a bad key',
    { ...USER, SNOWFLAKE_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----' },
    /no RSA private key/,
  ],
  [
    'no passphrase',
    { ...USER, SNOWFLAKE_PRIVATE_KEY: keyText('hidden') },
    /encrypted: set SNOWFLAKE_PRIVATE_KEY_PASSPHRASE/,
  ],
  [
    'a wrong passphrase',
    { ...USER, SNOWFLAKE_PRIVATE_KEY: keyText('a'), SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: 'hidden' },
    /decrypted with/,
  ],
  ['two first keys', { ...USER, SNOWFLAKE_PRIVATE_KEY: keyText(), SNOWFLAKE_PRIVATE_KEY_PATH: '/k' }, /Only one of/],
  [
    'another kind of key',
    {
      ...USER,
      SNOWFLAKE_PRIVATE_KEY: generateKeyPairSync('ed25519')
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    },
    /no RSA private key/,
  ],
])('refused, naming settings and no secret: %s', (_, changes, words) => {
  const refused = expect.objectContaining({ code: 'settings.invalid', detail: expect.stringMatching(words) });
  expect(() => of(changes)).toThrow(refused as Error);
  expect(() => of(changes)).not.toThrow(/hidden/);
});
