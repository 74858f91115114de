import { DriverError } from '../../warehouse/snowflake/driver.ts';
import { type Finding, lacking, well, wrong } from '../finding.ts';
import type { Account, Row } from './account.ts';
import { shown } from './names.ts';
import * as statements from './statements.ts';

/** Needs a virtual warehouse and reads nothing. */
const TRIAL = 'select count(*) as n from table(generator(rowcount => 1))';

/** Whether the virtual warehouse is there, runs or resumes, and has not used up its monitor's quota. Wakes it. */
export async function computeFinding({ ask, role, computes }: Account): Promise<Finding> {
  if (computes === '') {
    return wrong('warehouse', 'SNOWFLAKE_WAREHOUSE is not set, and the user has no default', [
      'SNOWFLAKE_WAREHOUSE=<warehouse>',
    ]);
  }
  const name = shown(computes);
  const found = (await ask('show warehouses')).find((row) => row['name'] === computes);
  if (found === undefined) {
    return wrong('warehouse', `${name} is not there, or role ${shown(role)} may not use it`, [
      statements.grantOn(['USAGE'], 'WAREHOUSE', name, shown(role)),
    ]);
  }
  try {
    await ask(TRIAL);
  } catch (error) {
    if (!(error instanceof DriverError) || error.kind !== 'refused') throw error;
    return stopped(error, found, name, shown(role));
  }
  return running(found, name);
}

function running(found: Row, name: string): Finding {
  const rest = Number(found['auto_suspend']);
  const says = `${name} (${found['size']}) runs`;
  if (rest > 0) return well('warehouse', `${says}, and suspends itself after ${rest} s`);
  return lacking('warehouse', `${says}, and never suspends itself: it costs all night`, [statements.autoSuspend(name)]);
}

function stopped(error: DriverError, found: Row, name: string, role: string): Finding {
  const monitor = /resource monitor '?([^'\s]+)'? has/i.exec(error.message)?.[1] ?? found['resource_monitor'] ?? '';
  if (error.code === '090073') {
    return wrong('warehouse', `${name} cannot be resumed: resource monitor ${monitor} has used up its quota`, [
      statements.raiseQuota(monitor),
    ]);
  }
  if (found['auto_resume'] === 'false') {
    return wrong('warehouse', `${name} is suspended, and does not resume by itself`, [statements.autoResume(name)]);
  }
  return wrong('warehouse', `${name} runs nothing: ${error.message.split('\n')[0]!} (${error.code})`, [
    statements.grantOn(['USAGE'], 'WAREHOUSE', name, role),
  ]);
}
