import { createHash, createPublicKey } from 'node:crypto';
import type { Settings } from '../../../config/settings.ts';
import type { DriverError } from '../../warehouse/snowflake/driver.ts';
import { credentialsOf } from '../../warehouse/snowflake/credentials.ts';
import { KEY_REFUSED, signInAdvice } from '../../warehouse/snowflake/sign-in-advice.ts';
import { type Finding, lacking, well, wrong } from '../finding.ts';
import type { Row } from './account.ts';
import { shown } from './names.ts';
import { storedName } from '../../sql/snowflake-names.ts';
import * as statements from './statements.ts';

/** What is tried, in words, and the public halves of its keys. */
export type Way = { readonly words: string; readonly keys: readonly string[]; readonly warning: string | undefined };

const WORDS: Readonly<Record<string, string>> = {
  SNOWFLAKE: 'password',
  SNOWFLAKE_JWT: 'key pair',
  OAUTH: 'OAuth token',
  OAUTH_CLIENT_CREDENTIALS: 'OAuth client credentials',
  PROGRAMMATIC_ACCESS_TOKEN: 'programmatic access token',
  WORKLOAD_IDENTITY: 'workload identity',
};

/** Throws `settings.invalid` when the settings give no way to sign in, or several. */
export function wayOf(settings: Settings): Way {
  const { ways, warning } = credentialsOf(settings);
  const keys = ways.flatMap(({ privateKey }) => (typeof privateKey === 'string' ? [publicKeyOf(privateKey)] : []));
  return { words: WORDS[String(ways[0]!['authenticator'])]!, keys, warning };
}

const publicKeyOf = (privateKey: string): string =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');

/** As DESCRIBE USER shows it: RSA_PUBLIC_KEY_FP. */
const fingerprintOf = (key: string) =>
  `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64')}`;

export function signedIn({ words, warning }: Way, facts: Row): Finding {
  const says = `by ${words} as ${facts['who']} in account ${facts['account']}`;
  return warning === undefined ? well('sign-in', says) : lacking('sign-in', says, [warning]);
}

export const addressOf = ({ SNOWFLAKE_ACCESS_URL: url, SNOWFLAKE_ACCOUNT: account }: Settings): string =>
  url === '' ? `https://${account}.snowflakecomputing.com` : url;

type Refused = { readonly settings: Settings; readonly way: Way };
type Words = { readonly says: string; readonly advice: readonly string[] };

/** Why nobody is signed in, and what to do about it. */
export function refused(error: DriverError, parts: Refused): Finding {
  const { says, advice } = reasonOf(error)(parts);
  return wrong('sign-in', says, advice);
}

function reasonOf({ kind, code = '', message }: DriverError): (refused: Refused) => Words {
  if (kind === 'unreachable' || kind === 'lost') return away;
  if (kind !== 'signIn') return () => ({ says: `the driver stopped: ${message}`, advice: [] });
  const general = signInAdvice(code).replace(/ npm run doctor.*$/, '');
  return REASONS[code] ?? (() => ({ says: `${general} (${code})`, advice: [] }));
}

const away = ({ settings }: Refused): Words => ({
  says: `${addressOf(settings)} cannot be reached`,
  advice: [
    `curl -sS -o /dev/null -w '%{http_code}\\n' ${addressOf(settings)}   # what the network says`,
    'SNOWFLAKE_ACCOUNT=<organization>-<account>   # if the address is wrong; SNOWFLAKE_ACCESS_URL for private link',
    'HTTPS_PROXY=<proxy>   # if only a proxy leads out; NODE_EXTRA_CA_CERTS=<file> if it signs with a certificate of its own',
  ],
});

const userIn = (settings: Settings) => shown(storedName(settings.SNOWFLAKE_USER)) || '<user>';

const token = ({ way }: Refused): Words => ({
  says: `the ${way.words} is refused: it has expired, was revoked, or is of another account or role`,
  advice: ['get a new one and set it again; SNOWFLAKE_ACCOUNT and SNOWFLAKE_ROLE must be those it was made for'],
});

const policy = ({ settings }: Refused): Words => ({
  says: 'a network policy does not let this address in',
  advice: [`ALTER USER ${userIn(settings)} SET NETWORK_POLICY = <policy>;   -- one that allows this machine`],
});

const REASONS: Readonly<Record<string, (refused: Refused) => Words>> = {
  '390100': ({ settings }) => ({
    says: `user ${userIn(settings)} or its password is wrong`,
    advice: ['SNOWFLAKE_USER=<user>', 'SNOWFLAKE_PRIVATE_KEY_PATH=<file>   # instead of SNOWFLAKE_PASSWORD'],
  }),
  '390101': ({ settings }) => ({
    says: `user ${userIn(settings)} is disabled`,
    advice: [statements.enableUser(userIn(settings))],
  }),
  '390102': ({ settings }) => ({
    says: `user ${userIn(settings)} is locked for some minutes after several refused sign-ins`,
    advice: [statements.unlockUser(userIn(settings))],
  }),
  [KEY_REFUSED]: ({ settings, way }) => ({
    says: `the key ${way.keys.map(fingerprintOf).join(' and ')} is not that of user ${userIn(settings)} in account ${settings.SNOWFLAKE_ACCOUNT}`,
    advice: way.keys.map((key, i) =>
      statements.setPublicKey(userIn(settings), i === 0 ? 'RSA_PUBLIC_KEY' : 'RSA_PUBLIC_KEY_2', key),
    ),
  }),
  '390189': ({ settings }) => ({
    says: `role ${settings.SNOWFLAKE_ROLE} does not exist, or user ${userIn(settings)} does not have it`,
    advice: [statements.grantRole(shown(storedName(settings.SNOWFLAKE_ROLE)), userIn(settings))],
  }),
  '390303': token,
  '390318': token,
  '394400': token,
  '390420': policy,
  '390422': policy,
  '390432': policy,
};
