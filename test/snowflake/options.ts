export type StandInUser = {
  readonly name: string;
  readonly password?: string;
  /** RSA_PUBLIC_KEY and RSA_PUBLIC_KEY_2, as PEM (spki). */
  readonly publicKeys?: readonly string[];
  /** OAuth access tokens that are always good. */
  readonly oauthTokens?: readonly string[];
  readonly accessTokens?: readonly string[];
  /** Workload identities: provider and the token that proves it. */
  readonly identities?: readonly { readonly provider: string; readonly token: string }[];
  /** The first is the default. */
  readonly roles?: readonly string[];
  readonly isDisabled?: boolean;
};

export type StandInOptions = {
  readonly account?: string;
  readonly users?: readonly StandInUser[];
  /** For OAuth client credentials: who may ask the token endpoint, and as which user. */
  readonly oauthClients?: readonly { readonly id: string; readonly secret: string; readonly user: string }[];
  /** Databases and their schemas; INFORMATION_SCHEMA is there by itself. Default { DEMO: ['PUBLIC'] }. */
  readonly databases?: Readonly<Record<string, readonly string[]>>;
  readonly warehouses?: readonly string[];
  /** Folder for database files and stages; default: databases in memory, stages in a temporary folder. */
  readonly folder?: string;
  readonly port?: number;
  /** Rows in the first answer, and in each chunk after it. */
  readonly inlineRows?: number;
  readonly chunkRows?: number;
  /** How long a statement may run before the driver is told to ask again. */
  readonly pollMs?: number;
  readonly sessionSeconds?: number;
  readonly masterSeconds?: number;
  /** Statements that may run at once on one warehouse; more wait. */
  readonly concurrency?: number;
  /** A request id that was carried out is answered again, not carried out again. Default false: judged to be safer to test with. */
  readonly dropsRepeated?: boolean;
  /** The server's clock, in milliseconds. */
  readonly now?: () => number;
  /** Parameters of the account, sent at login. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
};

export const DEFAULT_USER: StandInUser = Object.freeze({
  name: 'TESTER',
  password: 'secret',
  roles: ['ANALYST', 'PUBLIC'],
});

/** Options with the defaults filled in. */
export function withDefaults(options: StandInOptions) {
  return {
    account: 'STANDIN',
    users: [DEFAULT_USER],
    oauthClients: [],
    databases: { DEMO: ['PUBLIC'] } as Readonly<Record<string, readonly string[]>>,
    warehouses: ['COMPUTE_WH'],
    port: 0,
    inlineRows: 1000,
    chunkRows: 10_000,
    pollMs: 45_000,
    sessionSeconds: 3600,
    masterSeconds: 14_400,
    concurrency: 8,
    dropsRepeated: false,
    now: Date.now,
    parameters: {},
    ...options,
  };
}
export type Settled = ReturnType<typeof withDefaults>;
