import { randomBytes } from 'node:crypto';
import { CORE_TABLE_NAMES } from '../../../data/catalog/core-tables.ts';
import type { ImportPlan } from '../../../data/catalog/import-plan.ts';
import { snowflakeDialect } from '../../../data/sql/snowflake-dialect.ts';
import { join as joined, id, sql, trusted } from '../../../data/sql/sql.ts';
import type { DataPaths } from '../../../data/source.ts';
import type { Warehouse, Writer } from '../../../data/warehouse/port.ts';
import type { Tenant } from '../../../data/warehouse/tenant.ts';
import { AppError } from '../../../lib/app-error.ts';
import { makeRecordTable } from '../jobs/commit-record.ts';
import type { ServicePlace } from '../jobs/record-place.ts';
import type { Progress } from '../model.ts';
import { numberOf } from '../tables/table-report.ts';
import type { AccountTables } from './account-tables.ts';
import { IMPORT_SECONDS } from './import-seconds.ts';
import { dropLoad, loadNames, noteLoad, type LoadNames } from './left-stages.ts';
import * as statements from './load-statements.ts';
import { printed } from './printed.ts';
import { again } from './repeat.ts';
import type { Load } from './shipment.ts';

export type Loading = {
  readonly warehouse: Warehouse;
  readonly owner: Tenant;
  readonly paths: Pick<DataPaths, 'root'>;
  readonly place: ServicePlace;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
};

/**
 * Brings rows into the account, beside its tables, and hands the names to `commit`; what was made for it is dropped
 * whatever happens:
 *
 *     stage and staging tables -> files put and copied, or rows as values -> counted -> commit -> dropped
 *
 * Each step can be done again: a table is made anew before it is filled.
 */
export async function withLoaded(
  loads: readonly Load[],
  loading: Loading,
  commit: (names: LoadNames) => Promise<void>,
): Promise<void> {
  const token = randomBytes(8).toString('hex');
  const names = loadNames(loading.place, token);
  await noteLoad(loading.paths, token);
  const made: string[] = [];
  try {
    if (loads.some(({ content }) => content.kind === 'files')) {
      made.push(`stage if exists ${names.stage}`);
      await step(loading, (writer) => writer.run(`create stage if not exists ${names.stage}`));
    }
    for (const load of loads.filter(({ rows }) => rows > 0)) {
      made.push(`table if exists ${names.tables[load.table]}`);
      await stageRows(load, names, loading);
    }
    await commit(names);
  } finally {
    // What cannot be dropped now, the next import or the next start drops.
    await dropLoad(loading, token, made).catch(() => undefined);
  }
}

/** A transaction of its own, done again when the connection broke; nobody but this import sees what it writes. */
function step<T>({ warehouse, owner, signal }: Loading, work: (writer: Writer) => Promise<T>): Promise<T> {
  return again(() => warehouse.write(owner, work, { signal, seconds: IMPORT_SECONDS }));
}

async function stageRows(load: Load, { stage, tables }: LoadNames, loading: Loading): Promise<void> {
  const { table, columns, content, rows } = load;
  const staging = tables[table]!;
  const { progress } = loading;
  if (content.kind === 'files') {
    for (const [i, file] of content.files.entries()) {
      progress(`${table}: uploading`, `file ${i + 1} of ${content.files.length}`);
      await step(loading, (writer) => writer.query(statements.putFile(file, stage, table)));
    }
  }
  progress(`${table}: loading`, `${rows} rows`);
  const make = async () => {
    await step(loading, (writer) => writer.run(statements.makeStaging(staging, columns)));
    return loading.warehouse.write(
      loading.owner,
      async (writer) => {
        if (content.kind === 'files') await writer.query(statements.copyFiles(staging, columns, stage, table));
        else for (const json of content.arrays) await insertJson(writer, staging, load, json, loading.owner);
        return numberOf(writer, statements.countRows(staging));
      },
      { signal: loading.signal, seconds: IMPORT_SECONDS },
    );
  };
  const loaded = await again(make);
  if (loaded !== rows)
    throw new AppError('import.failed', `${rows} rows of ${table} were sent, and the account has ${loaded} of them`);
}

async function insertJson(writer: Writer, staging: string, { columns }: Load, json: string, owner: Tenant) {
  const types = columns.map(({ name, engineType }) => ({ name, type: engineType }));
  const names = (alias: string) =>
    joined(
      columns.map(({ name }) => sql`${trusted(alias)}${id(name)}`),
      ', ',
    );
  const rows = snowflakeDialect.rows(types, json);
  const { text, params } = printed(
    sql`insert into ${trusted(staging)} (${names('')})\nselect ${names('r.')}\nfrom ${rows} r`,
    owner,
  );
  await writer.run(text, params);
}

/** The table of records, and its schema where that is not there. */
export async function makeRecords(loading: Loading): Promise<void> {
  const { dialect, schema } = loading.place;
  const make = () => step(loading, (writer) => makeRecordTable(writer, loading.place));
  // Without a right to make schemas this fails also where the schema is there, so it is not tried first.
  const makeSchema = () =>
    step(loading, (writer) => writer.run(`create schema if not exists ${dialect.quote(schema)}`));
  await make().catch((cause: unknown) =>
    makeSchema()
      .then(make)
      .catch(() => {
        throw cause;
      }),
  );
}

/** The tables and columns that the rows need and that are not there: each stays, also when the rows do not come after all. */
export async function makeTables(
  plan: ImportPlan,
  loads: readonly Load[],
  tables: AccountTables,
  loading: Loading,
): Promise<void> {
  const texts = CORE_TABLE_NAMES.flatMap((name) => {
    const there = tables.get(name);
    const attributes = plan.tables.find(({ table }) => table === name)?.attributes ?? [];
    if (there === undefined) return [statements.makeTable(name, attributes)];
    const columns = loads.find(({ table }) => table === name)?.columns ?? [];
    const missing = columns.filter((column) => !there.columns.some(({ name: own }) => own === column.name));
    return missing.map((column) => statements.addColumn(name, column));
  });
  for (const text of texts) await step(loading, (writer) => writer.run(text));
}
