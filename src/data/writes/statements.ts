import { AppError } from '../../lib/app-error.ts';
import type { CompileContext } from '../sql/compile.ts';
import type { Bind } from '../sql/sql.ts';
import type { Target, TargetColumn } from './target.ts';

export type WriteStatement = { readonly text: string; readonly params: readonly Bind[] };
/** Values by core column; a column that is left out is not written. */
export type Values = Readonly<Record<string, Bind>>;

/** Sets columns of the row with this key, if it still has the values that were read; no row changed means that it has not. */
export function updateOne(
  target: Target,
  key: string,
  values: Values,
  read: Values,
  context: CompileContext,
): WriteStatement {
  const { quote } = context.dialect;
  const written = writtenColumns(target, values);
  const where = rowCondition(target, key, read, context);
  const text = `update ${target.address} set ${written.map(({ column, type }) => `${quote(column)} = cast(? as ${type})`).join(', ')}
where ${where.text}`;
  return { text, params: [...written.map(({ value }) => value), ...where.params] };
}

/** Deletes the row with this key, if it still has the values that were read. */
export function deleteOne(target: Target, key: string, read: Values, context: CompileContext): WriteStatement {
  const where = rowCondition(target, key, read, context);
  return { text: `delete from ${target.address} where ${where.text}`, params: where.params };
}

/** Deletes all relationships of a customer or product. */
export function deleteRelated(
  target: Target,
  column: 'customer_id' | 'product_id',
  id: string,
  context: CompileContext,
): WriteStatement {
  const { quote } = context.dialect;
  const physical = physicalOf(target.columns.get(column)!);
  const scope = tenantValue(target, context);
  const text = `delete from ${target.address} where ${[physical, ...scope.map(({ column: own }) => own)].map((name) => `${quote(name)} = ?`).join(' and ')}`;
  return { text, params: [id, ...scope.map(({ value }) => value)] };
}

type Written = { readonly column: string; readonly type: string; readonly value: Bind };

function writtenColumns(target: Target, values: Values): Written[] {
  return Object.entries(values).map(([name, value]) => {
    const column = target.columns.get(name)!;
    return { column: physicalOf(column), type: column.engineType, value };
  });
}

function rowCondition(target: Target, key: string, read: Values, context: CompileContext): WriteStatement {
  const { quote } = context.dialect;
  const scope = tenantValue(target, context);
  const compared = writtenColumns(target, read);
  const conditions = [
    `${quote(target.key.physical)} = ?`,
    ...scope.map(({ column }) => `${quote(column)} = ?`),
    ...compared.map(({ column, type }) => `${quote(column)} is not distinct from cast(? as ${type})`),
  ];
  return {
    text: conditions.join(' and '),
    params: [key, ...scope.map(({ value }) => value), ...compared.map(({ value }) => value)],
  };
}

function tenantValue(target: Target, { tenant }: CompileContext): Written[] {
  return target.tenantColumn === undefined ? [] : [{ column: target.tenantColumn, type: 'varchar', value: tenant.id }];
}

/** The stored column; throws catalog.column_read_only for an expression. */
export function physicalOf({ name, physical }: TargetColumn): string {
  if (physical !== undefined) return physical;
  throw new AppError('catalog.column_read_only', `${name} is an expression of the catalog and cannot be written`);
}
