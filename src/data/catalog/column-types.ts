import type { Column } from '../warehouse/port.ts';
import { canBecome, castType } from './column-cast.ts';
import type { SourcedColumn } from './column-source.ts';
import type { CatalogColumn, CoreTableName } from './model.ts';
import { probe } from './probe.ts';
import { refusal, type Relation, type Resolver } from './relation.ts';

/** Asks the engine for the types of expressions; those that it refuses are reported and left out. */
export async function typeExpressions(
  columns: readonly SourcedColumn[],
  relation: Relation,
  resolver: Resolver,
): Promise<SourcedColumn[]> {
  const open = columns.filter(({ from }) => from === undefined);
  const plain = columns.filter(({ source }) => source.kind === 'column');
  const types = open.length === 0 ? new Map<string, Column>() : await probeAll(open, plain, relation, resolver);
  return columns.flatMap((column) => {
    const from = column.from ?? types.get(column.name);
    return from === undefined ? [] : [{ ...column, from }];
  });
}

type Columns = readonly SourcedColumn[];

/** All at once, beside the plain columns of the table; when the engine refuses, one by one to find the wrong ones. */
async function probeAll(
  open: Columns,
  plain: Columns,
  relation: Relation,
  resolver: Resolver,
): Promise<ReadonlyMap<string, Column>> {
  const types = new Map<string, Column>();
  try {
    const described = await probe([...open, ...plain], relation, resolver);
    for (const [i, { name }] of open.entries()) types.set(name, described[i]!);
  } catch (error) {
    const words = refusal(
      error,
      relation.columns.map((column) => column.name),
    );
    if (open.length === 1) resolver.problems.report(open[0]!.path, 'value', words);
    else
      for (const one of open)
        for (const [name, type] of await probeAll([one], plain, relation, resolver)) types.set(name, type);
  }
  return types;
}

/** The column with a cast where its values are of another type; empty, and reported, where no cast makes sense. */
export function castColumn(table: CoreTableName, column: SourcedColumn, resolver: Resolver): CatalogColumn[] {
  const { name, description, unit, isPersonal, isAttribute, source, path, ownName, from } = column;
  if (from === undefined) return [];
  const target = column.target ?? from;
  if (!canBecome(from, target)) {
    const words = `${table}.${ownName} is ${target.type}, and ${from.engineType} cannot become that`;
    resolver.problems.report(path, 'value', words);
    return [];
  }
  const isDecimalAttribute = isAttribute && from.type === 'decimal' && target.type === 'decimal';
  const cast = isDecimalAttribute ? undefined : castType(from, target);
  const engineType = column.target?.engineType ?? cast ?? from.engineType;
  const resolved = { name, type: target.type, engineType, description, unit, isPersonal, isAttribute };
  if (cast === undefined) return [{ ...resolved, source }];
  const sql = source.kind === 'column' ? resolver.warehouse.dialect.quote(source.column) : source.sql;
  return [{ ...resolved, source: { kind: 'expression', sql: `cast(${sql} as ${cast})` } }];
}
