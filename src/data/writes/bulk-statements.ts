import type { CatalogColumn } from '../catalog/model.ts';
import { compile, type CompileContext } from '../sql/compile.ts';
import { id, join, nothing, sql, stored, trusted, type Bind, type Sql } from '../sql/sql.ts';
import { physicalOf, type Values, type WriteStatement } from './statements.ts';
import type { Target } from './target.ts';

/** Columns of one row that are to be written, by core column; `key` names the row. */
export type KeyedValues = { readonly key: string; readonly values: Values };

const KEY = 'row_key';

/**
 * Inserts rows whose keys were found to be free. Rows that leave out different columns go in different statements, so
 * that a stored default holds for what was left out. With `returning` each statement answers with these columns of the
 * catalog, as they are stored, by their names. Where others write too it is a merge that leaves out what has come
 * meanwhile: then fewer rows are changed than were given.
 */
export function insertRows(
  target: Target,
  rows: readonly KeyedValues[],
  context: CompileContext,
  returning: readonly CatalogColumn[] = [],
): WriteStatement[] {
  const answered = join(
    returning.map((column) => sql`${printed(column)} as ${id(column.name)}`),
    ', ',
  );
  const answer = returning.length === 0 ? nothing : sql`\nreturning ${answered}`;
  const alike = Map.groupBy(rows, ({ values }) => JSON.stringify(Object.keys(values)));
  return [...alike.values()].map((group) => {
    const names = Object.keys(group[0]!.values);
    const table = context.dialect.rows(
      names.map((name) => ({ name, type: typeOf(target, name) })),
      jsonOf(group.map(({ values }) => names.map((name) => values[name]!))),
    );
    const scope = tenantColumn(target, context);
    const into = join([...names.map((name) => physical(target, name)), ...scope.map(({ column }) => column)], ', ');
    const taken = join([...names.map((name) => sql`s.${id(name)}`), ...scope.map(({ value }) => value)], ', ');
    const address = trusted(target.address);
    if (context.dialect.insertion === 'merge') {
      const isTaken = sql`t.${stored(target.key.physical)} = s.${id(target.key.name)}${inScope(target, context)}`;
      const insert = sql`when not matched then insert (${into}) values (${taken})`;
      return compile(sql`merge into ${address} t\nusing ${table} s\non ${isTaken}\n${insert}`, context);
    }
    return compile(sql`insert into ${address} (${into})\nselect ${taken}\nfrom ${table} s${answer}`, context);
  });
}

/** Sets in each row the columns that are given for it, and leaves its others as they are stored. */
export function updateRows(target: Target, rows: readonly KeyedValues[], context: CompileContext): WriteStatement {
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const flag = (i: number) => `is_set_${i}`;
  const table = context.dialect.rows(
    [
      { name: KEY, type: typeOf(target, target.key.name) },
      ...names.map((name) => ({ name, type: typeOf(target, name) })),
      ...names.map((_, i) => ({ name: flag(i), type: 'boolean' })),
    ],
    jsonOf(
      rows.map(({ key, values }) => [
        key,
        ...names.map((name) => values[name] ?? null),
        ...names.map((name) => Object.hasOwn(values, name)),
      ]),
    ),
  );
  const set = names.map((name, i) => {
    const column = physical(target, name);
    return sql`${column} = case when s.${id(flag(i))} then s.${id(name)} else t.${column} end`;
  });
  const where = sql`t.${stored(target.key.physical)} = s.${id(KEY)}${inScope(target, context)}`;
  return compile(
    sql`update ${trusted(target.address)} t\nset ${join(set, ', ')}\nfrom ${table} s\nwhere ${where}`,
    context,
  );
}

/** Deletes the rows with these keys. */
export function deleteRows(target: Target, keys: readonly string[], context: CompileContext): WriteStatement {
  const where = sql`t.${stored(target.key.physical)} in (select k.id from ${context.dialect.idList(keys)} k)`;
  return compile(sql`delete from ${trusted(target.address)} t\nwhere ${where}${inScope(target, context)}`, context);
}

function printed({ source }: CatalogColumn): Sql {
  return source.kind === 'column' ? sql`${stored(source.column)}` : trusted(`(${source.sql})`);
}

function physical(target: Target, name: string): Sql {
  return sql`${stored(physicalOf(target.columns.get(name)!))}`;
}

function typeOf(target: Target, name: string): string {
  return target.columns.get(name)!.engineType;
}

function jsonOf(rows: readonly (readonly Bind[])[]): string {
  return JSON.stringify(rows.map((row) => row.map((value) => (value === null ? null : String(value)))));
}

function tenantColumn({ tenantColumn: name }: Target, { tenant }: CompileContext): { column: Sql; value: Sql }[] {
  return name === undefined ? [] : [{ column: sql`${stored(name)}`, value: sql`${tenant.id}` }];
}

function inScope(target: Target, context: CompileContext): Sql {
  const [scope] = tenantColumn(target, context);
  return scope === undefined ? nothing : sql` and t.${scope.column} = ${scope.value}`;
}
