import { settingsWith, type Settings } from '../../../config/settings.ts';
import type { Bind } from '../../sql/sql.ts';
import type { Rows, StatementOptions, Stream, Value, Warehouse } from '../port.ts';
import { tenant, type Tenant } from '../tenant.ts';
import type { Driver } from './driver.ts';
import { openSnowflake } from './warehouse.ts';

type Options = Partial<StatementOptions>;
type Changes = Partial<Settings> & { readonly driver?: Driver; readonly now?: () => number };

/** The warehouse for tests, with calls that need only a text. */
export type TestSnowflake = {
  readonly warehouse: Warehouse;
  readonly tenant: Tenant;
  /** The lines of its log. */
  readonly lines: Readonly<Record<string, unknown>>[];
  query(text: string, params?: readonly Bind[], options?: Options): Promise<Rows>;
  rows(text: string, params?: readonly Bind[], options?: Options): Promise<readonly (readonly Value[])[]>;
  stream(text: string, params?: readonly Bind[], options?: Options): Promise<Stream>;
  /** Runs statements in one transaction. */
  script(...texts: readonly string[]): Promise<void>;
};

export async function openTestSnowflake({ driver, now, ...changes }: Changes = {}): Promise<TestSnowflake> {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const settings = settingsWith({ WAREHOUSE: 'snowflake', SNOWFLAKE_ROLE: 'ANALYST', ...changes });
  const warehouse = await openSnowflake({ settings, driver, now, log: (line) => void lines.push(line) });
  const owner = tenant('default');
  const statement = (text: string, params: readonly Bind[]) => ({ text, params, reads: { tables: [], columns: [] } });
  const query: TestSnowflake['query'] = (text, params = [], options = {}) =>
    warehouse.query(owner, statement(text, params), { lane: 'fast', ...options });
  return {
    warehouse,
    tenant: owner,
    lines,
    query,
    async rows(text, params, options) {
      const { rowCount, columns } = await query(text, params, options);
      return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
    },
    stream: (text, params = [], options = {}) =>
      warehouse.stream(owner, statement(text, params), { lane: 'heavy', ...options }),
    script: (...texts) =>
      warehouse.write(owner, async (writer) => {
        for (const text of texts) await writer.run(text);
      }),
  };
}
