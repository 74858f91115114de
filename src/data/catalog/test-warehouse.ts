import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../../lib/app-error.ts';
import { duckdbDialect } from '../sql/duckdb-dialect.ts';
import type { Column, TableDescription, Warehouse, WireType } from '../warehouse/port.ts';

/** Real DuckDB behind `describe` and `tables` of the port. */
export async function testWarehouse(setUp: readonly string[] = []): Promise<Warehouse> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const statement of setUp) await connection.run(statement);
  const guard = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw new AppError('warehouse.failed', 'refused', { cause });
    }
  };
  const part: Partial<Warehouse> = {
    engine: 'duckdb',
    dialect: duckdbDialect,
    describe: (_tenant, text) =>
      guard(
        connection
          .prepare(text)
          .then((statement) =>
            Array.from({ length: statement.columnCount }, (_, i) =>
              column(statement.columnName(i), statement.columnType(i).toString()),
            ),
          ),
      ),
    tables: async () => {
      const result = await connection.runAndReadAll(
        `select table_schema, table_name, column_name, data_type from information_schema.columns
         where table_schema <> 'service' order by 1, 2, ordinal_position`,
      );
      const tables = new Map<string, TableDescription & { columns: (Column & { isNullable: boolean })[] }>();
      for (const [schema, table, name, type] of result.getRowsJson() as string[][]) {
        const path = schema === 'main' ? [table!] : [schema!, table!];
        const key = path.join('.');
        if (!tables.has(key)) tables.set(key, { path, kind: 'table', columns: [] });
        tables.get(key)!.columns.push({ ...column(name!, type!), isNullable: true });
      }
      return [...tables.values()];
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
  return part as Warehouse;
}

const WIRE_TYPES: readonly (readonly [RegExp, WireType])[] = [
  [/\[\]$|^STRUCT|^MAP|^JSON/, 'json'],
  [/^DECIMAL/, 'decimal'],
  [/INT/, 'integer'],
  [/^(DOUBLE|FLOAT)/, 'double'],
  [/^BOOLEAN/, 'boolean'],
  [/^DATE/, 'date'],
  [/^TIMESTAMP/, 'timestamp'],
];

function column(name: string, engineType: string): Column {
  return { name, type: WIRE_TYPES.find(([pattern]) => pattern.test(engineType))?.[1] ?? 'text', engineType };
}

/** A folder with files by name, and what removes it. */
export function testFolder(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return { folder, path: (name: string) => join(folder, name), remove: () => rmSync(folder, { recursive: true }) };
}
