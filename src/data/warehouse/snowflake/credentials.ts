import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Settings } from '../../../config/settings.ts';
import { AppError } from '../../../lib/app-error.ts';
import type { ConnectOptions } from './thread/messages.ts';

/** How the service signs in: options of the driver's connection, one set for each key that may be tried. */
export type Credentials = {
  readonly ways: readonly ConnectOptions[];
  /** Said once at the start: this way should not stay. */
  readonly warning?: string | undefined;
};

type Way = {
  /** The settings that choose it; any of them. */
  readonly names: readonly (keyof Settings)[];
  readonly needs: readonly (keyof Settings)[];
  readonly options: (settings: Settings) => readonly ConnectOptions[];
};

const WAYS: readonly Way[] = [
  {
    names: ['SNOWFLAKE_PRIVATE_KEY_PATH', 'SNOWFLAKE_PRIVATE_KEY'],
    needs: ['SNOWFLAKE_USER'],
    options: (settings) => keysOf(settings).map((privateKey) => ({ authenticator: 'SNOWFLAKE_JWT', privateKey })),
  },
  {
    names: ['SNOWFLAKE_OAUTH_TOKEN'],
    needs: [],
    options: ({ SNOWFLAKE_OAUTH_TOKEN: token }) => [{ authenticator: 'OAUTH', token }],
  },
  {
    names: ['SNOWFLAKE_OAUTH_CLIENT_ID', 'SNOWFLAKE_OAUTH_CLIENT_SECRET'],
    needs: ['SNOWFLAKE_OAUTH_CLIENT_ID', 'SNOWFLAKE_OAUTH_CLIENT_SECRET', 'SNOWFLAKE_OAUTH_TOKEN_URL'],
    options: clientOptions,
  },
  {
    names: ['SNOWFLAKE_ACCESS_TOKEN'],
    needs: [],
    options: ({ SNOWFLAKE_ACCESS_TOKEN: token }) => [{ authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token }],
  },
  { names: ['SNOWFLAKE_WORKLOAD_IDENTITY'], needs: [], options: workloadOptions },
  {
    names: ['SNOWFLAKE_PASSWORD'],
    needs: ['SNOWFLAKE_USER'],
    options: ({ SNOWFLAKE_PASSWORD: password }) => [{ authenticator: 'SNOWFLAKE', password }],
  },
];

const WARNING =
  'SNOWFLAKE_PASSWORD is used to sign in. Snowflake is ending passwords for services: give the user a key pair and set SNOWFLAKE_PRIVATE_KEY_PATH.';

/** How to sign in by the settings; key files are read. Throws `settings.invalid`, without a secret in it. */
export function credentialsOf(settings: Settings): Credentials {
  if (settings.SNOWFLAKE_ACCOUNT === '') throw invalid('SNOWFLAKE_ACCOUNT is needed: the identifier of the account.');
  const given = WAYS.filter(({ names }) => names.some((name) => isGiven(settings, name)));
  const [way] = given;
  if (way === undefined || given.length > 1) throw invalid(oneWay(given, settings));
  const missing = way.needs.filter((name) => !isGiven(settings, name));
  const by = way.names.filter((name) => isGiven(settings, name)).join(' and ');
  if (missing.length > 0) throw invalid(`${missing.join(' and ')} must be set when ${by} is.`);
  const common = commonOptions(settings);
  const ways = way.options(settings).map((options) => ({ ...common, ...options }));
  return { ways, ...(way.names.includes('SNOWFLAKE_PASSWORD') ? { warning: WARNING } : {}) };
}

function isGiven(settings: Settings, name: keyof Settings): boolean {
  const value = settings[name];
  return value !== '' && value !== 'none';
}

function oneWay(given: readonly Way[], settings: Settings): string {
  const all = WAYS.map(({ names }) => names.join(' or ')).join('; ');
  if (given.length === 0) return `Snowflake needs one way to sign in. Set one of: ${all}.`;
  const named = given.flatMap(({ names }) => names.filter((name) => isGiven(settings, name)));
  return `Only one way to sign in may be set, but these are: ${named.join(', ')}.`;
}

function commonOptions(settings: Settings): ConnectOptions {
  const options = {
    account: settings.SNOWFLAKE_ACCOUNT,
    accessUrl: settings.SNOWFLAKE_ACCESS_URL.replace(/\/+$/, ''),
    username: settings.SNOWFLAKE_USER,
    role: settings.SNOWFLAKE_ROLE,
    warehouse: settings.SNOWFLAKE_WAREHOUSE,
    database: settings.SNOWFLAKE_DATABASE,
    schema: settings.SNOWFLAKE_SCHEMA,
    application: 'customer-analytics',
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ''));
}

function clientOptions(settings: Settings): readonly ConnectOptions[] {
  const scope = settings.SNOWFLAKE_OAUTH_SCOPE;
  return [
    {
      authenticator: 'OAUTH_CLIENT_CREDENTIALS',
      oauthClientId: settings.SNOWFLAKE_OAUTH_CLIENT_ID,
      oauthClientSecret: settings.SNOWFLAKE_OAUTH_CLIENT_SECRET,
      oauthTokenRequestUrl: settings.SNOWFLAKE_OAUTH_TOKEN_URL,
      ...(scope === '' ? {} : { oauthScope: scope }),
      // The driver refuses plain HTTP otherwise; a token endpoint that is set to it is meant so.
      ...(settings.SNOWFLAKE_OAUTH_TOKEN_URL.startsWith('http://') ? { oauthHttpAllowed: true } : {}),
    },
  ];
}

function workloadOptions(settings: Settings): readonly ConnectOptions[] {
  const provider = settings.SNOWFLAKE_WORKLOAD_IDENTITY;
  const options = { authenticator: 'WORKLOAD_IDENTITY', workloadIdentityProvider: provider.toUpperCase() };
  if (provider !== 'oidc') return [options];
  if (settings.SNOWFLAKE_WORKLOAD_TOKEN_PATH === '') {
    throw invalid('SNOWFLAKE_WORKLOAD_TOKEN_PATH must be set when SNOWFLAKE_WORKLOAD_IDENTITY is oidc.');
  }
  const token = fileOf('SNOWFLAKE_WORKLOAD_TOKEN_PATH', settings.SNOWFLAKE_WORKLOAD_TOKEN_PATH).trim();
  return [{ ...options, token }];
}

type KeySettings = readonly [path: keyof Settings, inline: keyof Settings, passphrase: keyof Settings];
const KEYS: readonly KeySettings[] = [
  ['SNOWFLAKE_PRIVATE_KEY_PATH', 'SNOWFLAKE_PRIVATE_KEY', 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE'],
  ['SNOWFLAKE_PRIVATE_KEY_PATH_2', 'SNOWFLAKE_PRIVATE_KEY_2', 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE_2'],
];

/** The keys that are set, as PKCS#8 without a passphrase. */
function keysOf(settings: Settings): readonly string[] {
  return KEYS.flatMap(([path, inline, passphrase]) => {
    const [file, text] = [String(settings[path]), String(settings[inline])];
    if (file !== '' && text !== '') throw invalid(`Only one of ${path} and ${inline} may be set.`);
    if (file === '' && text === '') return [];
    const name = file === '' ? inline : path;
    const pem = file === '' ? text : fileOf(path, file);
    return [keyOf(name, pem, passphrase, String(settings[passphrase]))];
  });
}

function fileOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`The file ${path} of ${name} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

/** The key, decrypted. What OpenSSL says of a bad one is never passed on: it helps nobody. */
function keyOf(name: string, pem: string, passphraseName: string, passphrase: string): string {
  // Environment files have no line breaks in values: `\n` stands for them.
  const key = pem.replaceAll('\\n', '\n').trim();
  if (!key.includes('-----BEGIN')) throw invalid(`${name} is not a private key in PEM (-----BEGIN PRIVATE KEY-----).`);
  const isEncrypted = /ENCRYPTED/.test(key);
  if (isEncrypted && passphrase === '') throw invalid(`${name} is encrypted: set ${passphraseName}.`);
  try {
    const read = createPrivateKey(isEncrypted ? { key, passphrase } : { key });
    if (read.asymmetricKeyType !== 'rsa') throw new TypeError('not RSA');
    return read.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    throw invalid(
      isEncrypted
        ? `${name} cannot be decrypted with ${passphraseName}, or is no RSA key.`
        : `${name} is no RSA private key in PEM that can be read.`,
    );
  }
}

function invalid(detail: string): AppError {
  return new AppError('settings.invalid', detail);
}
