import type { Settings } from '../../../config/settings.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import type { DriverSession } from '../../warehouse/snowflake/driver.ts';
import { queryTag } from '../../warehouse/snowflake/tag.ts';
import { tenant, type Tenant } from '../../warehouse/tenant.ts';
import { storedName } from '../../sql/snowflake-names.ts';

/** A row under the names of its columns, in lower case; null is an empty text. */
export type Row = Readonly<Record<string, string>>;
export type Ask = (text: string) => Promise<readonly Row[]>;

/** An account that let us in, and where the settings point in it; all names as they are stored. */
export type Account = {
  readonly ask: Ask;
  readonly warehouse: Warehouse;
  readonly owner: Tenant;
  readonly settings: Settings;
  readonly user: string;
  readonly role: string;
  readonly database: string;
  readonly schema: string;
  readonly serviceSchema: string;
  /** The virtual warehouse of the session; empty where it has none. */
  readonly computes: string;
};

export function askIn(session: DriverSession, settings: Settings): Ask {
  return async (text) => {
    const result = await session.run(text, [], {
      tag: queryTag(tenant('default'), { analysis: 'doctor' }),
      seconds: settings.STATEMENT_SECONDS,
      queuedSeconds: settings.QUEUE_SECONDS,
      isRepeatable: true,
      retrySeconds: Math.min(settings.SNOWFLAKE_RETRY_SECONDS, settings.STATEMENT_SECONDS),
    });
    const rows: Row[] = [];
    for await (const { rowCount, columns } of result.batches) {
      for (let r = 0; r < rowCount; r++) {
        // SHOW and facts of the session are texts and small numbers.
        const cells = result.schema.map(({ name }, c) => [name.toLowerCase(), `${(columns[c]![r] as string) ?? ''}`]);
        rows.push(Object.fromEntries(cells) as Row);
      }
    }
    return rows;
  };
}

/** Who we are there, and its clock. */
export async function sessionFacts(ask: Ask): Promise<Row> {
  const [facts] = await ask(
    'select current_user() as who, current_role() as role, current_account() as account, current_warehouse() as warehouse, current_timestamp() as at',
  );
  return facts!;
}

export function accountOf(parts: Pick<Account, 'ask' | 'warehouse' | 'settings'>, facts: Row): Account {
  const { settings } = parts;
  return {
    ...parts,
    owner: tenant('default'),
    user: facts['who']!,
    role: facts['role']!,
    database: storedName(settings.SNOWFLAKE_DATABASE),
    schema: storedName(settings.SNOWFLAKE_SCHEMA),
    serviceSchema: storedName(settings.SNOWFLAKE_SERVICE_SCHEMA),
    computes: storedName(settings.SNOWFLAKE_WAREHOUSE) || facts['warehouse']!,
  };
}
