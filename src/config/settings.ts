import { availableParallelism, totalmem } from 'node:os';
import { AppError } from '../lib/app-error.ts';
import { didYouMean } from '../lib/near-name.ts';

/**
 * Every setting of the service, read from the environment once at start. docs/reference/settings.md and .env.example
 * are generated from this table. `bytes` takes 5242880, 512KB, 5MB, 2GB or a share of the machine's memory such as 50%.
 */
export const SETTINGS = {
  PORT: int(8000, 0, 65_535, '', 'TCP port; 0 takes a free one.'),
  HOST: text(
    '127.0.0.1',
    'Address to listen on. Nobody is authenticated yet: keep it on this machine or behind a gateway.',
  ),
  DATA_DIR: text('./data', 'Folder of the service: database files, raw/, processed/, exports/ and its own records.'),
  WAREHOUSE: oneOf('duckdb', ['duckdb', 'snowflake'], 'Where rows live.'),
  DUCKDB_FILE: text('', 'Database file of the embedded warehouse. Empty: DATA_DIR/main.duckdb.'),
  SNOWFLAKE_ACCOUNT: text('', 'Account identifier: `organization-account`, or the older account locator.'),
  SNOWFLAKE_USER: text('', 'User to sign in as; not needed with OAuth client credentials or a workload identity.'),
  SNOWFLAKE_PRIVATE_KEY_PATH: text('', 'File with the private key (PEM) to sign in with.'),
  SNOWFLAKE_PRIVATE_KEY: secret('The same key itself (PEM) instead of a file.'),
  SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: secret('Passphrase of an encrypted private key.'),
  SNOWFLAKE_PRIVATE_KEY_PATH_2: text('', 'File with a second key, tried when the first is refused: for rotation.'),
  SNOWFLAKE_PRIVATE_KEY_2: secret('The second key itself (PEM) instead of a file.'),
  SNOWFLAKE_PRIVATE_KEY_PASSPHRASE_2: secret('Passphrase of the second key.'),
  SNOWFLAKE_OAUTH_TOKEN: secret('OAuth access token to sign in with.'),
  SNOWFLAKE_OAUTH_CLIENT_ID: text('', 'Client id for OAuth client credentials.'),
  SNOWFLAKE_OAUTH_CLIENT_SECRET: secret('Client secret for OAuth client credentials.'),
  SNOWFLAKE_OAUTH_TOKEN_URL: text('', 'Address of the token endpoint for OAuth client credentials.'),
  SNOWFLAKE_OAUTH_SCOPE: text('', 'Scope to ask for, such as `session:role:ANALYST`.'),
  SNOWFLAKE_ACCESS_TOKEN: secret('Programmatic access token to sign in with.'),
  SNOWFLAKE_WORKLOAD_IDENTITY: oneOf(
    'none',
    ['none', 'aws', 'azure', 'gcp', 'oidc'],
    'Sign in as the workload that this process is.',
  ),
  SNOWFLAKE_WORKLOAD_TOKEN_PATH: text('', 'File with the identity token for SNOWFLAKE_WORKLOAD_IDENTITY=oidc.'),
  SNOWFLAKE_PASSWORD: secret('Password to sign in with; Snowflake is ending this for services: prefer a key pair.'),
  SNOWFLAKE_ROLE: text('', "Role of the service's sessions. Empty: the user's default."),
  SNOWFLAKE_WAREHOUSE: text('', "Virtual warehouse that computes. Empty: the user's default."),
  SNOWFLAKE_DATABASE: text('', 'Database that is served.'),
  SNOWFLAKE_SCHEMA: text('PUBLIC', 'Schema of tables that are named without one.'),
  SNOWFLAKE_SERVICE_SCHEMA: text(
    'SERVICE',
    'Schema of the service itself for what it loads and derives, never SNOWFLAKE_SCHEMA; used where it is granted.',
  ),
  SNOWFLAKE_ACCESS_URL: text('', 'Address of the account when it is not the usual one (private link).'),
  SNOWFLAKE_IDLE_SECONDS: int(
    600,
    10,
    86_400,
    'seconds',
    'A session that nobody used for so long is ended; none is kept when the service is idle.',
  ),
  SNOWFLAKE_RETRY_SECONDS: int(
    20,
    0,
    600,
    'seconds',
    'Longest time in which a request to the account is sent again after a failure of the network.',
  ),
  SNOWFLAKE_LOGIN_SECONDS: int(20, 1, 600, 'seconds', 'Longest time for a sign-in.'),
  VERSION_TTL_SECONDS: int(
    5,
    0,
    86_400,
    'seconds',
    'On Snowflake, how long answers are kept before the account is asked whether tables have changed.',
  ),
  CATALOG: text(
    '',
    'Catalog file (YAML). Empty: DATA_DIR/catalog.yaml if an import wrote one, else the built-in managed tables.',
  ),
  DEMO: oneOf('on', ['on', 'off'], 'Serve generated demo data while nothing was imported and no CATALOG is set.'),
  ISOLATION: oneOf('database', ['database', 'schema', 'column'], 'How tenants are kept apart.'),
  LOG_LEVEL: oneOf(
    'info',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'Least severe log line that is written.',
  ),
  CURSOR_SECRET: secret(
    'Key that signs cursors. Empty: made once and kept in DATA_DIR; set it when several instances serve one list.',
  ),
  THREADS: {
    ...int(availableParallelism(), 1, 256, 'threads', 'Threads that DuckDB computes with.'),
    shownDefault: 'one per core',
  },
  MEMORY_LIMIT: bytes('50%', 'Memory of the embedded warehouse; what does not fit is spilled to DATA_DIR.'),
  SPILL_BYTES: bytes('20GB', 'Disk that spilled intermediate results may take.'),
  FAST_CONNECTIONS: int(4, 1, 16, 'connections', 'Connections for look-ups and lists.'),
  FAST_QUEUE: int(1024, 0, 100_000, 'statements', 'Look-ups that may wait for a connection; the next is answered 503.'),
  HEAVY_CONNECTIONS: int(2, 1, 8, 'connections', 'Connections for analyses and exports.'),
  HEAVY_QUEUE: int(32, 0, 10_000, 'statements', 'Analyses that may wait for a connection; the next is answered 503.'),
  QUEUE_SECONDS: int(
    30,
    1,
    3600,
    'seconds',
    'Longest wait for a connection, or of a write for another one; after it 503.',
  ),
  STATEMENT_SECONDS: int(30, 1, 86_400, 'seconds', 'Longest run of a statement whose rows are collected.'),
  STREAM_SECONDS: int(600, 1, 86_400, 'seconds', 'Longest run of a streamed answer (CSV, NDJSON).'),
  RESULT_ROWS: int(
    100_000,
    1,
    10_000_000,
    'rows',
    'Most rows of an answer that is collected in memory (JSON, analyses with a finish step).',
  ),
  PAGE_ROWS: int(1_000, 1, 100_000, 'rows', 'Most rows of a JSON page; the largest `limit`.'),
  OWNERSHIP_IDS: int(10_000, 1, 1_000_000, 'ids', 'Most ids in one POST /v1/ownership.'),
  FACET_VALUES: int(100, 1, 10_000, 'values', 'Most values returned per facet; more are counted in `others`.'),
  BODY_BYTES: bytes('5MB', 'Largest request body.'),
  URL_BYTES: bytes('8KB', 'Longest request address.'),
  HEADER_BYTES: bytes('16KB', 'Largest request head; it must be larger than URL_BYTES.'),
  REQUEST_SECONDS: int(
    60,
    1,
    3600,
    'seconds',
    'Longest time for a request to arrive; for bulk writes and uploads the longest pause in it.',
  ),
  CACHE_BYTES: bytes('64MB', 'Memory for finished answers.'),
  DERIVATION_BYTES: bytes('768MB', 'Memory for derivations (tables that analyses share).'),
  SNAPSHOT_MAX_ROWS: {
    ...int(
      50_000_000,
      0,
      1_000_000_000,
      'rows',
      'Relationships up to which ownership is kept in memory for look-ups (some 20 bytes each); 0: never.',
    ),
    // Reading all of them is a matter of minutes and of the bill there, and anybody's write makes it void.
    onSnowflake: 0,
    shownDefault: '50000000; 0 on Snowflake',
  },
  SHUTDOWN_SECONDS: int(10, 0, 600, 'seconds', 'Time that running requests get to finish on SIGTERM.'),
  REJECT_SAMPLES: int(5, 0, 1000, 'rows', 'Rejected rows shown per reason in an import report.'),
  UPLOAD_BYTES: bytes('50GB', 'Largest upload of one import, all its files together.'),
  IMPORTS_KEPT: int(100, 0, 100_000, 'imports', 'Imports whose rejected rows stay for download.'),
  IMPORT_BYTES: bytes(
    '100GB',
    'Most bytes of one imported file, unpacked and as UTF-8; a larger one fails the import.',
  ),
  IMPORT_RECORD_BYTES: bytes('1MB', 'Longest record of an imported file; a longer one is rejected.'),
} as const satisfies Record<string, Setting>;

/** `shownDefault` stands in the documentation where the default depends on something; `onSnowflake` is the default there. */
type Base = { unit: string; help: string; isSecret: boolean; shownDefault?: string; onSnowflake?: number };
export type Setting =
  | (Base & { type: 'text'; default: string })
  | (Base & { type: 'int'; default: number; min: number; max: number })
  | (Base & { type: 'bytes'; default: string })
  | (Base & { type: 'oneOf'; default: string; values: readonly string[] });

type ValueOf<S> = S extends { type: 'int' | 'bytes' }
  ? number
  : S extends { values: readonly (infer V)[] }
    ? V
    : string;
export type Settings = { readonly [K in keyof typeof SETTINGS]: ValueOf<(typeof SETTINGS)[K]> };
export type SettingName = keyof typeof SETTINGS;

/** Names of ours that other programs read, so that a near miss is not reported. */
const FOREIGN = new Set(['UV_THREADPOOL_SIZE']);

/**
 * The settings that `env` asks for, defaults for the rest. An empty value counts as absent.
 * Throws `settings.invalid` with one line per bad value, all at once.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const isSnowflake = env['WAREHOUSE']?.trim().toLowerCase() === 'snowflake';
  const values = Object.entries(SETTINGS).map(([name, setting]: [string, Setting]) => {
    const preset = isSnowflake ? (setting.onSnowflake ?? setting.default) : setting.default;
    const raw = env[name]?.trim() || String(preset);
    const value = parse(setting, raw);
    if (value === undefined)
      problems.push(`${name}=${setting.isSecret ? '…' : JSON.stringify(raw)}: ${expected(setting)}`);
    return [name, value];
  });
  const settings = Object.freeze(Object.fromEntries(values)) as Settings;
  if (settings.HEADER_BYTES <= settings.URL_BYTES)
    problems.push(
      `HEADER_BYTES=${settings.HEADER_BYTES}: a size larger than URL_BYTES, which is ${settings.URL_BYTES}`,
    );
  if (problems.length > 0) throw new AppError('settings.invalid', problems.join('\n'));
  return settings;
}

/** Environment names that look like a misspelt setting (`DATA_DIRR`, `HEAVY_CONECTIONS`), as lines to warn with. */
export function misspeltSettings(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => /^[A-Z]+_[A-Z_]+$/.test(name) && !(name in SETTINGS) && !FOREIGN.has(name))
    .map((name) => ({
      name,
      hint: didYouMean(
        name,
        Object.keys(SETTINGS).filter((known) => known.includes('_')),
      ),
    }))
    .filter(({ hint }) => hint !== '')
    .map(({ name, hint }) => `${name} is not a setting${hint}`);
}

/** Settings for tests and tools: the defaults, changed where asked, with no look at the environment. */
export function settingsWith(changes: Partial<Settings> = {}): Settings {
  return Object.freeze({ ...readSettings({}), ...changes });
}

function parse(setting: Setting, raw: string): string | number | undefined {
  switch (setting.type) {
    case 'text':
      return raw;
    case 'oneOf':
      return setting.values.includes(raw.toLowerCase()) ? raw.toLowerCase() : undefined;
    case 'int': {
      const value = /^\d{1,15}$/.test(raw) ? Number(raw) : NaN;
      return value >= setting.min && value <= setting.max ? value : undefined;
    }
    case 'bytes':
      return parseBytes(raw);
  }
}

const BYTE_UNITS = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 } as const;

function parseBytes(raw: string): number | undefined {
  const match = /^(\d{1,13}(?:\.\d{1,3})?)\s*(|KB|MB|GB|TB|%)$/i.exec(raw);
  if (!match) return undefined;
  const amount = Number(match[1]);
  const unit = match[2]!.toUpperCase() as keyof typeof BYTE_UNITS | '%';
  if (unit === '%' && amount > 100) return undefined;
  const bytes = Math.floor(unit === '%' ? (machineMemory() * amount) / 100 : amount * BYTE_UNITS[unit]);
  return bytes > 0 ? bytes : undefined;
}

/** In a container its limit, which totalmem() does not know. */
function machineMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}

/** What a setting allows, in words. */
export function expected(setting: Setting): string {
  switch (setting.type) {
    case 'text':
      return 'any text';
    case 'oneOf':
      return `one of ${setting.values.join(', ')}`;
    case 'int':
      return `a whole number from ${setting.min} to ${setting.max}`;
    case 'bytes':
      return 'a size such as 512MB, 2GB or 50%';
  }
}

function text(value: string, help: string) {
  return { type: 'text', default: value, unit: '', help, isSecret: false } as const;
}
function secret(help: string) {
  return { type: 'text', default: '', unit: '', help, isSecret: true } as const;
}
function int(value: number, min: number, max: number, unit: string, help: string) {
  return { type: 'int', default: value, min, max, unit, help, isSecret: false } as const;
}
function bytes(value: string, help: string) {
  return { type: 'bytes', default: value, unit: 'bytes', help, isSecret: false } as const;
}
function oneOf<const V extends string>(value: V, values: readonly V[], help: string) {
  return { type: 'oneOf', default: value, values, unit: '', help, isSecret: false } as const;
}
