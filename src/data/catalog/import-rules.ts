import { didYouMean } from '../../lib/near-name.ts';
import { CORE_TABLE_NAMES, CORE_TABLES } from './core-tables.ts';
import type { CoreTableName } from './model.ts';
import type { CatalogFile } from './parse-file.ts';
import { type Path, quoted, type Side } from './problems.ts';
import { isOriginDoubtful, originOf } from './table-rules.ts';

/** The rules of the `imports:` section that need no warehouse and no file. */
export function checkImportRules(parsed: CatalogFile): void {
  const { imports, problems } = parsed;
  if (imports === undefined) return;
  for (const table of CORE_TABLE_NAMES) if (imports.tables[table] !== undefined) checkTableImport(table, parsed);
  if (CORE_TABLE_NAMES.some((table) => problems.isMarked(['imports', 'tables', table]))) return;
  const statements = Object.values(imports.tables).map(({ sql }) => sql);
  for (const name of Object.keys(imports.sources)) {
    const isUsed = statements.some((sql) => new RegExp(`\\b${name}\\b`, 'i').test(sql));
    if (!isUsed)
      problems.report(['imports', 'sources', name], 'key', `no sql of the import reads the source ${quoted(name)}`);
  }
}

function checkTableImport(table: CoreTableName, { core, imports, problems }: CatalogFile): void {
  const path = ['imports', 'tables', table];
  const { kind, value } = originOf(core[table]);
  if (kind !== 'managed' && !isOriginDoubtful(table, problems)) {
    const from = kind === 'sql' ? 'an SQL statement' : quoted(value);
    problems.report(path, 'key', `imports fill managed tables, and ${table} is read from ${from}`);
  }
  if (table === 'customer_products' && imports!.tables[table]!.on_missing_reference === 'placeholder')
    checkPlaceholders([...path, 'on_missing_reference'], 'value', { core, problems });
  const known = [
    ...CORE_TABLES[table].columns.map((column) => column.name),
    ...Object.keys(core[table]?.attributes ?? {}),
  ];
  for (const [i, column] of (imports!.tables[table]!.key ?? []).entries()) {
    if (known.includes(column)) continue;
    problems.report(
      [...path, 'key', i],
      'value',
      `${table} has no column ${quoted(column)}${didYouMean(column, known)}`,
    );
  }
}

/** Placeholders are rows of customers and products: both must be ours to write. */
export function checkPlaceholders(
  path: Path,
  side: Side,
  { core, problems }: Pick<CatalogFile, 'core' | 'problems'>,
): void {
  for (const table of ['customers', 'products'] as const) {
    const { kind, value } = originOf(core[table]);
    if (kind === 'managed' || isOriginDoubtful(table, problems)) continue;
    const from = kind === 'sql' ? 'an SQL statement' : quoted(value);
    problems.report(path, side, `placeholders need managed customers and products, and ${table} is read from ${from}`);
  }
}
