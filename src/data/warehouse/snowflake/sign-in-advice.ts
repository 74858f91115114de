const KEY =
  "Snowflake refused the key: it must belong to RSA_PUBLIC_KEY or RSA_PUBLIC_KEY_2 of SNOWFLAKE_USER, and this machine's clock must be right.";
const TOKEN = 'Snowflake refused the token: it has expired, was revoked, or is for another role or account.';

/** Snowflake says the same of a key that it does not know and of one whose time it does not believe. */
export const KEY_REFUSED = '390144';
/** No code of Snowflake: who issues the tokens gave none. */
export const TOKEN_REFUSED = 'token endpoint';

/** What to check, by the code of a refused sign-in. */
const ADVICE: Readonly<Record<string, string>> = {
  '390100': 'Snowflake refused the user or the password: check SNOWFLAKE_USER and its secret.',
  '390101': 'The user of SNOWFLAKE_USER is disabled: ALTER USER … SET DISABLED = FALSE.',
  '390102': 'The user of SNOWFLAKE_USER is locked for some minutes after several refused sign-ins.',
  '390106': 'The password of SNOWFLAKE_USER has expired.',
  [KEY_REFUSED]: KEY,
  '390189': 'SNOWFLAKE_ROLE does not exist or is not granted to the user: GRANT ROLE … TO USER ….',
  '390190': 'A sign-in of this kind is not set up in the account.',
  '390201': 'SNOWFLAKE_DATABASE, SNOWFLAKE_SCHEMA or SNOWFLAKE_WAREHOUSE does not exist, or the role may not use it.',
  '390303': TOKEN,
  '390318': TOKEN,
  '390420': 'A network policy of the account does not let this address in.',
  '390422': 'A network policy of the account does not let this address in.',
  '390432': 'A network policy of the account does not let this address in.',
  '394304': KEY,
  '394400': TOKEN,
  [TOKEN_REFUSED]:
    'SNOWFLAKE_OAUTH_TOKEN_URL gave no token: check it, SNOWFLAKE_OAUTH_CLIENT_ID, SNOWFLAKE_OAUTH_CLIENT_SECRET and SNOWFLAKE_OAUTH_SCOPE.',
};

/** What an administrator should look at when Snowflake does not let the service in. */
export function signInAdvice(code: string | undefined): string {
  const advice = ADVICE[code ?? ''] ?? 'Check SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_ROLE and the secret.';
  return `${advice} npm run doctor tells more.`;
}
