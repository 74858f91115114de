import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsWith, type Settings } from '../../../config/settings.ts';
import type { Bind } from '../../sql/sql.ts';
import type { Batch, Rows, StatementOptions, Stream, Value, Warehouse } from '../port.ts';
import { tenant, type Tenant } from '../tenant.ts';
import { openDuckdb } from './warehouse.ts';

type Changes = Partial<Settings> & { readonly file?: string; readonly mode?: 'read-only' };
type Options = Partial<StatementOptions>;

/** A warehouse for tests, in memory unless `file` is given, with calls that need only a text. */
export type TestWarehouse = {
  readonly warehouse: Warehouse;
  readonly tenant: Tenant;
  readonly spillDir: string;
  query(text: string, params?: readonly Bind[], options?: Options): Promise<Rows>;
  /** The rows of a query, each as a list. */
  rows(text: string, params?: readonly Bind[], options?: Options): Promise<readonly (readonly Value[])[]>;
  stream(text: string, params?: readonly Bind[], options?: Options): Promise<Stream>;
  /** Runs statements in one transaction. */
  script(...texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
};

/** Never ends of itself, and holds next to no memory. */
export const ENDLESS = 'select count(*) from range(10000000) a(i), range(10000000) b(j) where (i + j) % 7 = 8';

export async function openTestWarehouse({
  file = ':memory:',
  mode,
  ...settings
}: Changes = {}): Promise<TestWarehouse> {
  const spillDir = mkdtempSync(join(tmpdir(), 'spill-'));
  const warehouse = await openDuckdb({
    settings: settingsWith({ THREADS: 2, MEMORY_LIMIT: 1024 ** 3, ...settings }),
    fileOf: () => file,
    spillDir,
    ...(mode && { mode }),
  });
  const owner = tenant('default');
  const statement = (text: string, params: readonly Bind[]) => ({ text, params, reads: { tables: [], columns: [] } });
  const query: TestWarehouse['query'] = (text, params = [], options = {}) =>
    warehouse.query(owner, statement(text, params), { lane: 'fast', ...options });
  return {
    warehouse,
    tenant: owner,
    spillDir,
    query,
    rows: async (text, params, options) => rowsOf(await query(text, params, options)),
    stream: (text, params = [], options = {}) =>
      warehouse.stream(owner, statement(text, params), { lane: 'heavy', ...options }),
    script: (...texts) =>
      warehouse.write(owner, async (writer) => {
        for (const text of texts) await writer.run(text);
      }),
    async close() {
      await warehouse.close();
      rmSync(spillDir, { recursive: true, force: true });
    },
  };
}

/** The rows of columns. */
export function rowsOf({ rowCount, columns }: Batch): readonly (readonly Value[])[] {
  return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
}
