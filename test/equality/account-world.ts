import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createService, type Service } from '../../src/app.ts';
import { type Settings, settingsWith } from '../../src/config/settings.ts';
import { CORE_TABLE_NAMES, CORE_TABLES } from '../../src/data/catalog/core-tables.ts';
import { createTable } from '../../src/data/catalog/ddl.ts';
import type { CoreTableName } from '../../src/data/catalog/model.ts';
import { snowflakeDialect } from '../../src/data/sql/snowflake-dialect.ts';
import { openTestSnowflake } from '../../src/data/warehouse/snowflake/test-warehouse.ts';
import { testStandIn } from '../snowflake/driver.ts';
import { WORLD_ATTRIBUTES } from '../world-fill.ts';
import { WORLD_CATALOG, WORLD_DAY, type Stored, type WorldRows } from '../world-rows.ts';
import { accountSettings } from '../snowflake/account-settings.ts';

/** How an account is reached. */
export type AccountSettings = Partial<Settings>;

/** A stand-in for an account, which ends with the test. */
export async function standInAccount(): Promise<AccountSettings> {
  const standIn = await testStandIn();
  return {
    ...accountSettings(standIn),
  };
}

/** The service on an account that holds a world, by the real driver in its thread. Ended with the test. */
export async function accountWorld(rows: WorldRows, account: AccountSettings): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'account-world-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const settings = settingsWith({
    WAREHOUSE: 'snowflake',
    DATA_DIR: folder,
    CATALOG: join(folder, 'world.yaml'),
    SNAPSHOT_MAX_ROWS: 0,
    ...account,
  });
  writeFileSync(settings.CATALOG, WORLD_CATALOG);
  await runIn(settings, ...CORE_TABLE_NAMES.flatMap((table) => tableOf(table, rows[table])));
  const service = await createService({
    settings,
    logger: pino({ level: 'silent' }),
    version: '0',
    clock: () => new Date(`${WORLD_DAY}T12:00:00Z`),
    progress: () => {},
  });
  onTestFinished(() => service.close());
  return service;
}

/** Runs statements in an account, in one session. */
export async function runIn(settings: AccountSettings, ...statements: readonly string[]): Promise<void> {
  const db = await openTestSnowflake({ SNOWFLAKE_ROLE: '', ...settings });
  try {
    await db.script(...statements);
  } finally {
    await db.warehouse.close();
  }
}

function tableOf(table: CoreTableName, rows: readonly Stored[]): string[] {
  const attributes = WORLD_ATTRIBUTES[table];
  const made = createTable(table, attributes, table, snowflakeDialect);
  const members = [
    ...CORE_TABLES[table].columns.map(({ name }) => name),
    ...attributes.map(({ name }) => `attribute_${name}`),
  ];
  const values = rows.map((row) => `(${members.map((member) => literalOf(row[member] ?? null)).join(', ')})`);
  return rows.length === 0 ? [made] : [made, `insert into ${table} values\n${values.join(',\n')}`];
}

function literalOf(value: string | number | boolean | null): string {
  return typeof value === 'string' ? snowflakeDialect.literal(value) : String(value);
}
