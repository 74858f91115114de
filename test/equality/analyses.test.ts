import { onTestFinished, test } from 'vitest';
import { openWorld } from '../world.ts';
import { TINY } from '../world-rows.ts';
import { accountWorld, standInAccount } from './account-world.ts';
import { expectSameAnswers, expectSameChanges } from './compare.ts';

/** The same rows on DuckDB and, through the driver, on a stand-in for Snowflake. */
async function bothWorlds() {
  const world = await openWorld({ rows: TINY });
  onTestFinished(() => world.close());
  const service = await accountWorld(TINY, await standInAccount());
  return [world.app, service.current().app] as const;
}

test('every example of every analysis is answered the same on both warehouses', async () => {
  await expectSameAnswers(...(await bothWorlds()));
});

test('every change of a record is taken or refused the same, and then answers are still the same', async () => {
  const worlds = await bothWorlds();
  await expectSameChanges(...worlds);
  await expectSameAnswers(...worlds);
});
