import { basename } from 'node:path';
import type { Catalog, CatalogColumn, CatalogTable } from './model.ts';

/** A line per table: what it is, where its rows are, how many columns it has, and which core columns are always empty. */
export function catalogSummary({ tables }: Catalog): string[] {
  const rows = [...tables.values()].map((table) => [table.name, table.kind, place(table), columns(table)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}

function place({ source }: CatalogTable): string {
  if (source.kind === 'table') return source.path.join('.');
  return source.kind === 'file' ? basename(source.file) : 'select';
}

function columns({ columns: all, isCore }: CatalogTable): string {
  const own = all.filter(({ isAttribute, name }) => !isAttribute && !(isCore && name === 'value_kind'));
  const attributes = all.filter(({ isAttribute }) => isAttribute);
  const isEmpty = ({ source }: CatalogColumn) => source.kind === 'expression' && source.sql.startsWith('cast(null as ');
  const empty = own.filter(isEmpty).map(({ name }) => name);
  return [
    count(own.length, 'column'),
    attributes.length === 0 ? '' : `, ${count(attributes.length, 'attribute')}`,
    empty.length === 0 ? '' : `; always empty: ${empty.join(', ')}`,
  ].join('');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
