import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createService, type Service } from '../../src/app.ts';
import { settingsWith } from '../../src/config/settings.ts';
import { CORE_TABLE_NAMES, CORE_TABLES } from '../../src/data/catalog/core-tables.ts';
import { createTable } from '../../src/data/catalog/ddl.ts';
import type { CoreTableName } from '../../src/data/catalog/model.ts';
import { snowflakeDialect } from '../../src/data/sql/snowflake-dialect.ts';
import { openTestSnowflake } from '../../src/data/warehouse/snowflake/test-warehouse.ts';
import { testStandIn } from '../snowflake/driver.ts';
import { WORLD_ATTRIBUTES } from '../world-fill.ts';
import { WORLD_CATALOG, type Stored, type WorldRows } from '../world-rows.ts';

/** The service on a stand-in for an account that holds a world, by the real driver in its thread. Ended with the test. */
export async function accountWorld(rows: WorldRows): Promise<Service> {
  const standIn = await testStandIn();
  const folder = mkdtempSync(join(tmpdir(), 'account-world-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const account = {
    WAREHOUSE: 'snowflake',
    DATA_DIR: folder,
    CATALOG: join(folder, 'world.yaml'),
    SNAPSHOT_MAX_ROWS: 0,
    SNOWFLAKE_ACCOUNT: standIn.account,
    SNOWFLAKE_ACCESS_URL: standIn.url,
    SNOWFLAKE_USER: 'tester',
    SNOWFLAKE_PASSWORD: 'secret',
    SNOWFLAKE_WAREHOUSE: 'COMPUTE_WH',
    SNOWFLAKE_DATABASE: 'DEMO',
  } as const;
  writeFileSync(account.CATALOG, WORLD_CATALOG);
  const db = await openTestSnowflake(account);
  await db.script(...CORE_TABLE_NAMES.flatMap((table) => tableOf(table, rows[table])));
  await db.warehouse.close();
  const service = await createService({
    settings: settingsWith(account),
    logger: pino({ level: 'silent' }),
    version: '0',
    clock: () => new Date('2026-03-01T10:00:00Z'),
    progress: () => {},
  });
  onTestFinished(() => service.close());
  return service;
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
