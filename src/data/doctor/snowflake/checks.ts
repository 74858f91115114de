import type { Settings } from '../../../config/settings.ts';
import { AppError } from '../../../lib/app-error.ts';
import { isServiceSchemaServed } from '../../warehouse/open-warehouse.ts';
import { type Driver, DriverError } from '../../warehouse/snowflake/driver.ts';
import { openDriver } from '../../warehouse/snowflake/driver-thread.ts';
import { KEY_REFUSED } from '../../warehouse/snowflake/sign-in-advice.ts';
import { openSnowflake } from '../../warehouse/snowflake/warehouse.ts';
import { catalogFinding } from '../catalog-check.ts';
import { type Finding, lacking, well, wrong } from '../finding.ts';
import { type Account, accountOf, askIn, sessionFacts } from './account.ts';
import { clockFinding, secondsBefore } from './clock.ts';
import { computeFinding } from './compute.ts';
import { shown } from './names.ts';
import { namedTables } from './named-tables.ts';
import { placeOf } from './place.ts';
import { rightsOf } from './rights.ts';
import { serviceSchemaFinding } from './service-schema.ts';
import { addressOf, refused, signedIn, wayOf, type Way } from './sign-in.ts';
import { readFinding, writeFinding } from './tables.ts';

/**
 * The account, from the outside in; what cannot be asked without what is missing is left out:
 *
 *     settings -> sign-in, clock -> role -> virtual warehouse -> database, schema
 *       -> tables (reading, writing), service schema -> catalog
 */
export async function* snowflakeFindings(
  settings: Settings,
  catalogFile: string | undefined,
  open: (settings: Settings) => Driver = openDriver,
): AsyncGenerator<Finding> {
  const way = completeWay(settings);
  if ('mark' in way) return yield way;
  const driver = open(settings);
  const warehouse = await openSnowflake({ settings, driver });
  try {
    const session = await driver.connect().catch((error: unknown) => notIn(error, settings, way));
    if (Array.isArray(session)) return yield* session;
    const ask = askIn(session, settings);
    try {
      const facts = await sessionFacts(ask);
      yield signedIn(way, facts);
      yield clockFinding((Date.now() - Date.parse(facts['at']!)) / 1000);
      yield* findingsIn(accountOf({ ask, warehouse, settings }, facts), catalogFile);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof DriverError || error instanceof AppError)) throw error;
    yield wrong('account', `a question failed: ${wordsOf(error)}`);
  } finally {
    await warehouse.close();
  }
}

/** With the account's own words: here an administrator reads them. */
function wordsOf(error: DriverError | AppError): string {
  if (error instanceof DriverError) return `${error.message.replaceAll(/\s+/g, ' ')} (${error.code ?? error.kind})`;
  return error.cause instanceof DriverError ? `${error.detail} ${wordsOf(error.cause)}` : error.detail;
}

function completeWay(settings: Settings): Way | Finding {
  try {
    const way = wayOf(settings);
    if (settings.SNOWFLAKE_DATABASE === '')
      return wrong('sign-in', 'SNOWFLAKE_DATABASE is not set', ['SNOWFLAKE_DATABASE=<database>']);
    if (!isServiceSchemaServed(settings)) return way;
    const says = `${settings.SNOWFLAKE_SERVICE_SCHEMA} is SNOWFLAKE_SCHEMA too, whose tables would be hidden`;
    return wrong('service schema', says, ['SNOWFLAKE_SERVICE_SCHEMA=<schema of the service alone>']);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return wrong('sign-in', error.detail);
  }
}

/** Nobody was let in. A wrong clock is the reason before all others. */
async function notIn(error: unknown, settings: Settings, way: Way): Promise<Finding[]> {
  if (!(error instanceof DriverError)) throw error;
  const finding = refused(error, { settings, way });
  if (error.kind !== 'signIn') return [finding];
  const seconds = await secondsBefore(addressOf(settings), () => new Date());
  const clock = seconds === undefined ? [] : [clockFinding(seconds)];
  const isLate = clock.some(({ mark }) => mark === '!!') && error.code === KEY_REFUSED;
  return isLate ? [wrong('sign-in', 'the key is refused, as the clocks differ'), ...clock] : [finding, ...clock];
}

async function* findingsIn(account: Account, catalogFile: string | undefined): AsyncGenerator<Finding> {
  const { ask, role, owner, warehouse, settings } = account;
  yield roleFinding(role);
  const compute = await computeFinding(account);
  yield compute;
  const { finding, schemas } = await placeOf(account);
  yield finding;
  // Tables are listed by a statement that needs both.
  if (schemas === undefined || compute.mark === '!!') return;
  const rights = await rightsOf(ask, role);
  try {
    const tables = namedTables(catalogFile, await warehouse.tables(owner), account);
    yield await readFinding(tables, account, rights);
    yield writeFinding(tables, rights, role);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'catalog.invalid') throw error;
  }
  yield serviceSchemaFinding(account, schemas, rights);
  // Without a file there is nothing in the catalog that could be wrong.
  if (catalogFile !== undefined) yield await catalogFinding(catalogFile, warehouse, owner, settings);
}

const ADMINISTRATORS = new Set([
  'ACCOUNTADMIN',
  'SYSADMIN',
  'SECURITYADMIN',
  'USERADMIN',
  'ORGADMIN',
  'GLOBALORGADMIN',
]);

function roleFinding(role: string): Finding {
  if (role === '') return wrong('role', 'the session has none', ['SNOWFLAKE_ROLE=<role>']);
  if (!ADMINISTRATORS.has(role)) return well('role', shown(role));
  return lacking('role', `${role} may do far more than the service needs`, [
    'SNOWFLAKE_ROLE=CUSTOMER_ANALYTICS   # of deploy/snowflake/setup.sql',
  ]);
}
