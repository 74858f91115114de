import { randomUUID } from 'node:crypto';
import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import duckdb from '@duckdb/node-bindings';
import type { DatabaseOptions } from './database.ts';
import type { Runnable } from './run.ts';
import type { Session } from './session.ts';

/** A second database beside the served one, in which results are kept while the process runs. */
export type Scratch = {
  /** Runs a select and keeps its rows as a table, found quickly by `key`. */
  keep(session: Session, statement: Runnable, key: string): Promise<{ path: readonly string[]; bytes: number }>;
  drop(session: Session, path: readonly string[]): Promise<void>;
};

const NAME = 'service_scratch';

/** Bytes of a value in a compressed block, roughly. */
const BYTES_PER_VALUE = 6;

/**
 * Its file is unlinked as soon as it is attached: the engine goes on with what it has open, and nothing is left of it
 * whichever way the process ends. Nothing is logged ahead, since nothing has to outlive a crash.
 */
export function createScratch({ spillDir }: Pick<DatabaseOptions, 'spillDir'>): Scratch {
  let attached: Promise<void> | undefined;
  let count = 0;

  const attach = async (session: Session) => {
    await mkdir(spillDir, { recursive: true });
    const file = join(spillDir, `scratch-${randomUUID()}.duckdb`);
    await session.script(`attach '${file.replaceAll("'", "''")}' as ${NAME} (recovery_mode no_wal_writes)`);
    await unlink(file);
  };
  const attachOnce = (session: Session) =>
    (attached ??= attach(session).catch((cause: unknown) => {
      attached = undefined;
      throw cause;
    }));

  return {
    async keep(session, { text, params }, key) {
      await attachOnce(session);
      count += 1;
      const name = `t${count}`;
      const path = [NAME, 'main', name];
      const table = path.join('.');
      await session.run(`create table ${table} as\n${text}`, params);
      try {
        await session.script(`create index ${name}_key on ${table}("${key}")`);
      } catch (cause) {
        await session.script(`drop table ${table}`);
        throw cause;
      }
      return { path, bytes: (await valuesOf(session, name)) * BYTES_PER_VALUE };
    },
    async drop(session, path) {
      await session.script(`drop table if exists ${path.join('.')}`);
    },
  };
}

async function valuesOf(session: Session, table: string): Promise<number> {
  const result = await session.script(
    `select column_count * estimated_size from duckdb_tables() where database_name = '${NAME}' and table_name = '${table}'`,
  );
  const vector = duckdb.data_chunk_get_vector(duckdb.result_get_chunk(result, 0), 0);
  const bytes = duckdb.vector_get_data(vector, 8);
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
}
