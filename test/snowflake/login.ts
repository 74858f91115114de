import { SnowflakeError } from './errors.ts';
import { isValidJwt } from './jwt.ts';
import type { OauthTokens } from './oauth.ts';
import type { Settled, StandInUser } from './options.ts';

/** What a login request says. */
export type LoginData = {
  readonly ACCOUNT_NAME?: string;
  readonly LOGIN_NAME?: string;
  readonly PASSWORD?: string;
  readonly AUTHENTICATOR?: string;
  readonly TOKEN?: string;
  readonly PROVIDER?: string;
  readonly CLIENT_APP_ID?: string;
  readonly CLIENT_ENVIRONMENT?: Readonly<Record<string, unknown>>;
  readonly SESSION_PARAMETERS?: Readonly<Record<string, unknown>>;
};

type Prover = (data: LoginData, users: readonly StandInUser[], settled: Settled, tokens: OauthTokens) => StandInUser;

const refuse = (code: string, message: string): never => {
  throw new SnowflakeError(code, '08001', message);
};
const wrong = () => refuse('390100', 'Incorrect username or password was specified.');

/** Codes: 390100 and 390144 as seen by others; 390303 and 390318 as the driver knows them; 394400 and 394507 judged. */
const PROVERS: Readonly<Record<string, Prover>> = {
  SNOWFLAKE: (data, users) => {
    const user = named(data, users);
    return user?.password !== undefined && user.password === data.PASSWORD ? user : wrong();
  },
  SNOWFLAKE_JWT: (data, users, { account, now }) => {
    const user = named(data, users);
    const isValid =
      user !== undefined && isValidJwt(data.TOKEN ?? '', account, user.name, user.publicKeys ?? [], now());
    return isValid ? user : refuse('390144', 'JWT token is invalid.');
  },
  OAUTH: (data, users, { now }, tokens) => {
    const fixed = users.find(({ oauthTokens }) => oauthTokens?.includes(data.TOKEN ?? '') === true);
    if (fixed !== undefined) return fixed;
    const issued = tokens.get(data.TOKEN ?? '') ?? refuse('390303', 'Invalid OAuth access token.');
    if (issued.expiresAt <= now()) return refuse('390318', 'OAuth access token expired.');
    return users.find(({ name }) => name === issued.user) ?? wrong();
  },
  PROGRAMMATIC_ACCESS_TOKEN: (data, users) =>
    users.find(({ accessTokens }) => accessTokens?.includes(data.TOKEN ?? '') === true) ??
    refuse('394400', 'Programmatic access token is invalid.'),
  WORKLOAD_IDENTITY: (data, users) =>
    users.find(({ identities }) =>
      identities?.some(({ provider, token }) => provider === data.PROVIDER && token === data.TOKEN),
    ) ?? refuse('394507', 'Workload identity is not known.'),
};

/** The user that a login proves to be; throws Snowflake's refusal. */
export function authenticate(data: LoginData, settled: Settled, tokens: OauthTokens): StandInUser {
  const prove = PROVERS[(data.AUTHENTICATOR ?? 'SNOWFLAKE').toUpperCase()];
  if (prove === undefined) return refuse('390422', `Authenticator ${data.AUTHENTICATOR} is not known.`);
  const user = prove(data, settled.users, settled, tokens);
  return user.isDisabled === true
    ? refuse('390101', 'User access disabled. Contact your local system administrator.')
    : user;
}

/** The role to begin with; throws for one that the user does not have. */
export function roleOf({ roles = ['PUBLIC'] }: StandInUser, asked: string | undefined): string {
  const role = asked?.toUpperCase() ?? roles[0]!;
  if (roles.includes(role)) return role;
  return refuse(
    '390189',
    `Role '${role}' specified in the connect string does not exist or not authorized. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.`,
  );
}

function named({ LOGIN_NAME: name }: LoginData, users: readonly StandInUser[]): StandInUser | undefined {
  return users.find((user) => user.name === name?.toUpperCase());
}
