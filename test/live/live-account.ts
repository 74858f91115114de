import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { readSettings } from '../../src/config/settings.ts';
import { type AccountSettings, runIn } from '../equality/account-world.ts';

const PREFIX = 'SNOWFLAKE_TEST_';
const NEEDED = ['ACCOUNT', 'WAREHOUSE', 'DATABASE'] as const;

/**
 * The account that SNOWFLAKE_TEST_* name: each stands for the setting without TEST_ (SNOWFLAKE_TEST_PRIVATE_KEY_PATH, …); the role
 * must be allowed to make schemas in the database. Undefined when none is named, after a line that says what is skipped.
 */
export function liveAccount(
  env: Readonly<Record<string, string | undefined>> = process.env,
): AccountSettings | undefined {
  const missing = NEEDED.filter((name) => !env[PREFIX + name]).map((name) => PREFIX + name);
  if (missing.length > 0) {
    process.stdout.write(`skipped: no account of Snowflake (set ${missing.join(', ')} and a way to sign in)\n`);
    return undefined;
  }
  const named = Object.entries(env).filter(([name]) => name.startsWith(PREFIX));
  const settings = readSettings(
    Object.fromEntries(named.map(([name, value]) => [name.replace(PREFIX, 'SNOWFLAKE_'), value] as const)),
  );
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith('SNOWFLAKE_')));
}

/** The same account with schemas of its own, for the tables and for the service, which are dropped when the test has ended. */
export async function inOwnSchema(account: AccountSettings): Promise<AccountSettings> {
  const schema = `CUSTOMER_ANALYTICS_TEST_${randomBytes(4).toString('hex').toUpperCase()}`;
  const settings = { ...account, SNOWFLAKE_SCHEMA: schema, SNOWFLAKE_SERVICE_SCHEMA: `${schema}_SERVICE` };
  const schemas = [settings.SNOWFLAKE_SERVICE_SCHEMA, schema];
  // Registered first, it runs last: when nobody has a session there any more.
  onTestFinished(() => runIn(account, ...schemas.map((name) => `drop schema if exists ${name} cascade`)));
  await runIn(account, ...schemas.map((name) => `create schema ${name}`));
  return settings;
}
