import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PRELUDE } from './sql/macros.ts';
import { quoteName, quoteText } from './sql/names.ts';
import type { Settled } from './options.ts';

/** The DuckDB behind a stand-in: a database for each of Snowflake's, and one for its own records. */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #admin: DuckDBConnection;
  #lastChange = 0n;

  private constructor(instance: DuckDBInstance, admin: DuckDBConnection) {
    this.#instance = instance;
    this.#admin = admin;
  }

  static async open({ databases, folder }: Settled): Promise<Engine> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' });
    const admin = await instance.connect();
    await admin.run("attach ':memory:' as stand_in");
    await admin.run('create table stand_in.main.changes (name varchar, changed_at bigint)');
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
    for (const [database, schemas] of Object.entries(databases)) {
      const place = folder === undefined ? ':memory:' : join(folder, `${database}.duckdb`);
      await admin.run(`attach ${quoteText(place)} as ${quoteName(database)}`);
      for (const schema of schemas)
        await admin.run(`create schema if not exists ${quoteName(database)}.${quoteName(schema)}`);
    }
    return new Engine(instance, admin);
  }

  /** A connection that knows Snowflake's functions. */
  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    for (const statement of PRELUDE) await connection.run(statement);
    return connection;
  }

  /** Notes that tables have changed just now, each at its own time. */
  async noteChanges(names: Iterable<string>): Promise<void> {
    for (const name of names) {
      const now = BigInt(Date.now()) * 1_000_000n;
      this.#lastChange = now > this.#lastChange ? now : this.#lastChange + 1n;
      await this.#admin.run('insert into stand_in.main.changes values ($1, $2)', [name, this.#lastChange]);
    }
  }

  /** Rows of a statement in DuckDB's own spelling, for tests to fill and check. */
  async admin(text: string): Promise<readonly unknown[]> {
    const reader = await this.#admin.runAndReadAll(text);
    return reader.getRowObjectsJson();
  }

  close(): void {
    this.#admin.closeSync();
    this.#instance.closeSync();
  }
}
