import { expect, onTestFinished } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import { openTestSnowflake } from '../../src/data/warehouse/snowflake/test-warehouse.ts';
import { sharedWarehouse } from '../shared-warehouse.ts';
import { testStandIn } from '../snowflake/driver.ts';
import { openWorld } from '../world.ts';
import { accountSettings } from '../snowflake/account-settings.ts';

/** The warehouse on the real driver over a stand-in for an account. */
async function account(changes: Partial<Settings>) {
  const standIn = await testStandIn();
  const db = await openTestSnowflake({
    ...accountSettings(standIn),
    ...changes,
  });
  onTestFinished(() => db.warehouse.close());
  return { standIn, ...db };
}

const FAILED = { code: 'warehouse.unavailable' };

/** Another session that is used goes on; one that nobody uses ends. */
export async function idleSeconds() {
  const { standIn, query } = await account({ SNOWFLAKE_IDLE_SECONDS: 1 });
  await query('select 1');
  expect(standIn.openSessions).toBe(1);
  await expect.poll(() => standIn.openSessions, { timeout: 10_000 }).toBe(0);
  expect(await query('select 1')).toMatchObject({ rowCount: 1 });
}

/** Sent once without time for more; again and again with it. */
export async function retrySeconds() {
  const { standIn, query } = await account({ SNOWFLAKE_RETRY_SECONDS: 0 });
  const fail = () => standIn.faults.add({ on: 'query', action: { kind: 'status', status: 503 }, times: 1 });
  await query('select 1');
  fail();
  await expect(query('select 2')).rejects.toMatchObject(FAILED);
  const patient = await account({ SNOWFLAKE_RETRY_SECONDS: 20 });
  patient.standIn.faults.add({ on: 'query', action: { kind: 'status', status: 503 }, times: 1 });
  expect(await patient.query('select 3')).toMatchObject({ rowCount: 1 });
}

export async function loginSeconds() {
  const { standIn, query } = await account({ SNOWFLAKE_LOGIN_SECONDS: 1, SNOWFLAKE_RETRY_SECONDS: 0 });
  standIn.faults.add({ on: 'login', action: { kind: 'hang' }, times: 1 });
  const begun = performance.now();
  await expect(query('select 1')).rejects.toMatchObject(FAILED);
  expect(performance.now() - begun).toBeGreaterThan(900);
  expect(await query('select 1')).toMatchObject({ rowCount: 1 });
}

/** Others' writes are seen when the time has passed, and not asked for before. */
export async function versionTtlSeconds() {
  const shared = sharedWarehouse();
  let time = 0;
  const settings = { SNAPSHOT_MAX_ROWS: 0, VERSION_TTL_SECONDS: 7 };
  const world = await openWorld({ settings, wrap: shared.wrap, now: () => time });
  onTestFinished(() => world.close());
  const ask = () => world.get('/v1/analyses/ownership.summary?asOf=2024-06-15');
  await ask();
  const before = shared.checks.length;
  time = 6_999;
  await ask();
  expect(shared.checks).toHaveLength(before);
  time = 7_000;
  await ask();
  expect(shared.checks).toHaveLength(before + 1);
}
