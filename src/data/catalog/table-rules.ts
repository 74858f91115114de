import { didYouMean, nearName } from '../../lib/near-name.ts';
import { CORE_TABLE_NAMES, CORE_TABLES, isCoreTable } from './core-tables.ts';
import type { CoreEntry, DatasetEntry } from './file-schema.ts';
import type { CoreTableName } from './model.ts';
import type { CatalogFile } from './parse-file.ts';
import { type Problems, quoted } from './problems.ts';
import { isKnownFormat } from './file-scan.ts';
import type { YamlNode } from './yaml-tree.ts';

const ORIGINS = ['table', 'sql', 'file'] as const;

/** Where the rows of an entry come from; managed: none is named, so the service stores them. */
export type Origin =
  | { readonly kind: 'table' | 'sql' | 'file'; readonly value: string }
  | { readonly kind: 'managed'; readonly value: undefined };

export function originOf(entry: CoreEntry | DatasetEntry | undefined): Origin {
  const kind = entry === undefined ? undefined : originsIn(entry)[0];
  return kind === undefined ? { kind: 'managed', value: undefined } : { kind, value: entry![kind]! };
}

/** In the order of the file. */
function originsIn(entry: CoreEntry | DatasetEntry): (typeof ORIGINS)[number][] {
  return Object.keys(entry).flatMap((key) => ORIGINS.filter((origin) => origin === key));
}

/** Whether mistakes leave it open where the rows of a table come from. */
export function isOriginDoubtful(name: string, problems: Problems): boolean {
  return ORIGINS.some((origin) => problems.isMarked(['tables', name, origin]));
}

/** A core table under a misspelt name would be read as a dataset, with as many mistakes as it has mapped columns. */
export function reportMisspeltCoreTables(root: YamlNode, problems: Problems): void {
  const tables = root.content.kind === 'map' ? root.content.entries.get('tables')?.content : undefined;
  if (tables?.kind !== 'map') return;
  const absent = CORE_TABLE_NAMES.filter((name) => !tables.entries.has(name));
  for (const [name, { content }] of tables.entries) {
    const meant = isCoreTable(name) ? undefined : nearName(name, absent);
    const isCoreLike =
      content.kind === 'map' && ['columns', 'attributes', 'value'].some((key) => content.entries.has(key));
    if (meant === undefined || !isCoreLike) continue;
    problems.report(
      ['tables', name],
      'key',
      `${quoted(name)} has fields of a core table but is none${didYouMean(name, absent)}`,
    );
    problems.mark(['tables', name]);
    problems.mark(['tables', meant]);
  }
}

export function checkDatasetRules(name: string, { datasets, problems }: CatalogFile): void {
  const entry = datasets.get(name)!;
  checkOrigin(name, entry, problems);
  if (originOf(entry).kind !== 'managed' || isOriginDoubtful(name, problems)) return;
  problems.reportAbsence(['tables', name], 'key', `the dataset ${quoted(name)} needs one of table, sql and file`);
  problems.mark(['tables', name]);
}

export function checkCoreRules(table: CoreTableName, { core, problems }: CatalogFile): void {
  const entry = core[table];
  if (entry === undefined) return;
  checkOrigin(table, entry, problems);
  const isManaged = originOf(entry).kind === 'managed' && !isOriginDoubtful(table, problems);
  if (isManaged && entry.columns !== undefined) {
    const words = `${table} is managed (it names no table, sql or file), so its columns cannot be mapped`;
    problems.report(['tables', table, 'columns'], 'key', words);
    problems.mark(['tables', table, 'columns']);
  }
  const coreNames = CORE_TABLES[table].columns.map((column) => column.name);
  for (const [name, attribute] of Object.entries(entry.attributes ?? {})) {
    const path = ['tables', table, 'attributes', name];
    if (coreNames.includes(name))
      problems.report(path, 'key', `${quoted(name)} is a core column of ${table}; name the attribute otherwise`);
    const both = attribute.column !== undefined && attribute.expression !== undefined;
    if (both) problems.report([...path, 'expression'], 'key', 'has both column and expression; keep one');
    const mapped = (['column', 'expression'] as const).find((key) => attribute[key] !== undefined);
    if (isManaged && mapped !== undefined) {
      problems.report(
        [...path, mapped],
        'key',
        `${table} is managed: its attributes are stored columns, so they take no ${mapped}`,
      );
    }
  }
}

function checkOrigin(name: string, entry: CoreEntry | DatasetEntry, problems: Problems): void {
  const path = ['tables', name];
  const named = originsIn(entry);
  for (const extra of named.slice(1)) {
    problems.report([...path, extra], 'key', `${quoted(name)} has both ${named[0]} and ${extra}; keep one`);
  }
  if (entry.file !== undefined && !isKnownFormat(entry.file)) {
    problems.report([...path, 'file'], 'value', 'must end in .csv, .csv.gz, .parquet, .json or .ndjson');
    problems.mark([...path, 'file']);
  }
  if (entry.delimiter !== undefined && !/\.csv(\.gz)?$/i.test(entry.file ?? '')) {
    problems.report([...path, 'delimiter'], 'key', 'delimiter is for CSV files', [...path, 'file']);
  }
}
