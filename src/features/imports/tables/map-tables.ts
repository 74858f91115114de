import type { TableImport } from '../../../data/catalog/import-plan.ts';
import type { Writer } from '../../../data/warehouse/port.ts';
import { AppError } from '../../../lib/app-error.ts';
import { shorten } from '../../../lib/shorten.ts';
import { mappingOf } from './direct-mapping.ts';
import type { Progress } from '../model.ts';
import * as queries from './queries.ts';
import type { ReadySource } from '../sources/source.ts';

/** Warnings about the mapping of each table. */
export type Mapped = ReadonlyMap<TableImport, readonly string[]>;

/** Keeps the answer of each table's mapping, while the sources are there. */
export async function mapTables(
  writer: Writer,
  tables: readonly TableImport[],
  { sources, progress }: { readonly sources: readonly ReadySource[]; readonly progress: Progress },
): Promise<Mapped> {
  const warnings = new Map<TableImport, readonly string[]>();
  for (const table of tables) {
    progress(`${table.table}: mapping`, '');
    const mapping = await mappingOf(writer, table);
    warnings.set(table, mapping.warnings);
    await writer.run(queries.mapRows(table.table, mapping.select)).catch((error: unknown) => {
      throw withColumns(error, sources);
    });
  }
  return warnings;
}

/** The engine names some columns when one is missing; who wrote the file or the SQL needs all. */
function withColumns(error: unknown, sources: readonly ReadySource[]): unknown {
  const words = error instanceof AppError && error.cause instanceof Error ? error.cause.message : '';
  if (!words.startsWith('Binder Error') || sources.length === 0) return error;
  const there = sources.map(({ source, scan }) => {
    const names = scan.columns.map((name) => JSON.stringify(name)).join(', ');
    return `${source.name} (${source.file}) has ${shorten(names, 2000)}`;
  });
  return new AppError('import.failed', `${words}\n\n${shorten(there.join('\n'), 5000)}`, { cause: error });
}
