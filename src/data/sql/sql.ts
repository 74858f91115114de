/**
 * The sql tag: the only way that SQL is written. A fragment is frozen data; it holds text, bound values, names and
 * table values, and becomes a statement in compile.ts.
 *
 *     sql`select c.region, count(*) as customers from ${t.customers} c where c.status = ${status} group by c.region`
 *
 * A bare `${value}` is always a bound parameter. Names go through id(), tables come from the catalog, words from a
 * closed list through word().
 */
export type Bind = string | number | boolean | null;
export type TableValue = { readonly kind: 'table'; readonly table: string };
export type ColumnsValue = { readonly kind: 'columns'; readonly table: string; readonly alias: string };
export type IdentifierValue = { readonly kind: 'id'; readonly name: string };
export type StoredValue = { readonly kind: 'stored'; readonly name: string };
/**
 * An intermediate table that analyses share: read where it is built, else printed as the select that makes it. Equal
 * names and arguments are the same table.
 */
export type DerivedValue = {
  readonly kind: 'derived';
  readonly name: string;
  /** What its rows depend on besides the tables that it reads, as canonical text. */
  readonly argument: string;
  /** The column by whose values its rows are looked up. */
  readonly key: string;
  readonly select: Sql;
};
export type Sql = { readonly kind: 'sql'; readonly parts: readonly Part[] };
type Text = { readonly kind: 'text'; readonly text: string };
type Param = { readonly kind: 'param'; readonly value: Bind };
export type Part = Text | Param | TableValue | ColumnsValue | IdentifierValue | StoredValue | DerivedValue;
export type SqlValue = Bind | Sql | TableValue | ColumnsValue | IdentifierValue | StoredValue | DerivedValue;

export function sql(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  const parts: Part[] = [];
  strings.forEach((piece, i) => {
    if (piece !== '') parts.push({ kind: 'text', text: piece });
    if (i < values.length) parts.push(...toParts(values[i]!));
  });
  return Object.freeze({ kind: 'sql', parts: Object.freeze(parts) });
}

/** No text at all; for the branch of a condition that adds nothing. */
export const nothing: Sql = sql``;

/** A name of ours (column, alias) that is printed quoted; never a table, which is a value of the catalog. */
export function id(name: string): IdentifierValue {
  return Object.freeze({ kind: 'id', name });
}

/** The user's own name of a column, exactly as it is stored; for statements that write. */
export function stored(name: string): StoredValue {
  return Object.freeze({ kind: 'stored', name });
}

/** All columns that the catalog knows of a table, attributes included, each as `alias.column`. */
export function columns(table: TableValue, alias: string): ColumnsValue {
  return Object.freeze({ kind: 'columns', table: table.table, alias });
}

/** A keyword that depends on input: one of `allowed`, a list written in code. Throws RangeError on any other. */
export function word<const W extends string>(value: W, allowed: readonly W[]): Sql {
  if (!allowed.includes(value)) throw new RangeError(`${JSON.stringify(value)} is not one of ${allowed.join(', ')}`);
  return trusted(value);
}

/** An intermediate table, for `from ${derived({...})} f`; the select names its columns. */
export function derived(table: Omit<DerivedValue, 'kind'>): DerivedValue {
  return Object.freeze({ ...table, kind: 'derived' });
}

/** A bound date (ISO text). */
export function date(value: string | null): Sql {
  return sql`cast(${value} as date)`;
}

/** Fragments with a separator between them; `nothing` for an empty list. */
export function join(fragments: readonly Sql[], separator: ', ' | ' and ' | ' or ' | '\n' | ' union all '): Sql {
  const parts = fragments.flatMap((fragment, i) =>
    i === 0 ? fragment.parts : [textPart(separator), ...fragment.parts],
  );
  return Object.freeze({ kind: 'sql', parts: Object.freeze(parts) });
}

/**
 * Text that is SQL already: dialects and the user's own catalog (which an operator writes, as trusted as the settings).
 * Never call it with anything that came in through a request.
 */
export function trusted(text: string): Sql {
  return Object.freeze({ kind: 'sql', parts: Object.freeze([textPart(text)]) });
}

function textPart(text: string): Text {
  return { kind: 'text', text };
}

function toParts(value: SqlValue): readonly Part[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return [{ kind: 'param', value }];
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be bound: it is not a finite number`);
    return [{ kind: 'param', value }];
  }
  if (typeof value !== 'object' || !('kind' in value))
    throw new TypeError(`${typeof value} cannot be part of a statement`);
  return value.kind === 'sql' ? value.parts : [value];
}
