import { didYouMean } from '../../lib/near-name.ts';
import type { Target } from './column-cast.ts';
import type { ColumnSpec } from './column-spec.ts';
import type { CatalogColumn, CoreTableName } from './model.ts';
import { quoted } from './problems.ts';
import { columnNamed, type Relation, type Resolver } from './relation.ts';

/** A column with the place its values come from; `from` is their type, undefined until the engine was asked. */
export type SourcedColumn = ColumnSpec & {
  readonly source: CatalogColumn['source'];
  readonly from: Target | undefined;
};

/** Where the values of a column come from; empty, and reported, when what the file names is not there. */
export function sourceOf(
  table: CoreTableName,
  spec: ColumnSpec,
  relation: Relation,
  resolver: Resolver,
): SourcedColumn[] {
  const { wanted } = spec;
  if (typeof wanted === 'object' && wanted !== null) {
    return [{ ...spec, source: { kind: 'expression', sql: wanted.expression }, from: undefined }];
  }
  const found = wanted === null ? undefined : columnNamed(relation.columns, wanted ?? spec.ownName);
  if (found !== undefined) return [{ ...spec, source: { kind: 'column', column: found.name }, from: found }];
  const isMissed = typeof wanted === 'string' || spec.absence !== 'allowed';
  if (isMissed || spec.target === undefined) {
    reportAbsence(table, spec, wanted, relation, resolver);
    return [];
  }
  const type = spec.target.type === 'text' ? 'VARCHAR' : spec.target.engineType;
  return [{ ...spec, source: { kind: 'expression', sql: `cast(null as ${type})` }, from: spec.target }];
}

function reportAbsence(
  table: CoreTableName,
  { absence, ownName, path }: ColumnSpec,
  wanted: string | null | undefined,
  { columns, source }: Relation,
  { problems }: Resolver,
): void {
  const names = columns.map((column) => column.name);
  const near = didYouMean(wanted ?? ownName, names);
  const place =
    source.kind === 'table' ? `the table ${quoted(source.path.join('.'))}` : `the ${source.kind} of ${table}`;
  if (wanted === null) problems.report(path, 'value', `${table} needs ${ownName}: it cannot be null`);
  else if (wanted !== undefined) problems.report(path, 'value', `${place} has no column ${quoted(wanted)}${near}`);
  else if (absence === 'declared') problems.report(path, 'key', `${place} has no column ${quoted(ownName)}${near}`);
  else {
    const isSql = source.kind === 'sql';
    const where = ['tables', table, ...(isSql ? ['sql'] : [])];
    problems.reportAbsence(
      where,
      isSql ? 'value' : 'key',
      `${table} needs ${ownName}, and ${place} has no such column${near}`,
      path,
    );
  }
}
