import { quoteName, quoteText } from './names.ts';
import { readObjectName, tableAddress } from './objects.ts';
import type { Source } from './source.ts';

/** The column of GENERATOR that SEQ4() reads. */
export const SEQUENCE = '"SEQ4§0"';

/** Reads what stands after FROM: tables, queries, table functions, joins. */
export function readFrom(source: Source): string {
  return source.list(() => readJoined(source)).join(', ');
}

function readJoined(source: Source): string {
  let text = readRelation(source);
  for (;;) {
    const join = readJoin(source);
    if (join === undefined) return text;
    text += ` ${join} ${readRelation(source)}`;
    if (source.accept('ON')) text += ` on ${source.expression()}`;
    else if (source.accept('USING'))
      text += ` using (${source.list(() => quoteName(source.name()), '(', ')').join(', ')})`;
  }
}

const JOINS = ['LEFT', 'RIGHT', 'FULL'];

function readJoin(source: Source): string | undefined {
  if (source.accept('JOIN') || source.accept('INNER', 'JOIN')) return 'join';
  if (source.accept('CROSS', 'JOIN')) return 'cross join';
  const side = JOINS.find((word) => source.isWord(word));
  if (side === undefined) return undefined;
  source.next();
  source.accept('OUTER');
  source.expect('JOIN');
  return `${side.toLowerCase()} join`;
}

/** A table, a query or a table function, with its alias. */
export function readRelation(source: Source): string {
  if (source.isSymbol('(')) return `(${source.parenthesised(() => readInner(source))})${readAlias(source)}`;
  if (source.accept('LATERAL')) return `lateral ${readLateral(source)}`;
  if (source.isWord('TABLE') && source.isSymbol('(', 1)) {
    source.next();
    return `${source.parenthesised(() => readTableFunction(source))}${readAlias(source)}`;
  }
  const name = readObjectName(source);
  if (source.isSymbol('(')) source.fail();
  return `${readTable(source, name)}${readSample(source)}${readAlias(source, name.name)}`;
}

function readInner(source: Source): string {
  return source.isSymbol('(') || ['SELECT', 'WITH', 'VALUES'].includes(source.peek().text)
    ? source.query()
    : readFrom(source);
}

function readLateral(source: Source): string {
  if (source.isSymbol('(')) return `(${source.parenthesised(() => source.query())})${readAlias(source)}`;
  return `${readTableFunction(source)}${readAlias(source)}`;
}

function readTable(source: Source, name: ReturnType<typeof readObjectName>): string {
  if (name.schema === 'INFORMATION_SCHEMA')
    return `sf_information_schema_${name.name.toLowerCase()}(${quoteText(name.database)})`;
  const isCommon = source.common.has(name.name) && name.schema === source.scope.schema;
  if (isCommon) return quoteName(name.name);
  source.reads.push(name);
  return tableAddress(name, source.scope);
}

function readSample(source: Source): string {
  if (!source.accept('SAMPLE') && !source.accept('TABLESAMPLE')) return '';
  source.refuse('SAMPLE');
}

const AFTER_RELATION = new Set(
  'ON USING JOIN INNER CROSS LEFT RIGHT FULL NATURAL WHERE GROUP HAVING QUALIFY ORDER LIMIT OFFSET FETCH UNION INTERSECT EXCEPT MINUS SET WHEN SAMPLE TABLESAMPLE'.split(
    ' ',
  ),
);

/** An alias with column names. Without one a table is known by its own name, which its stored spelling must not hide. */
export function readAlias(source: Source, otherwise?: string): string {
  const { kind, text } = source.peek();
  const isAlias = source.accept('AS') || kind === 'quoted' || (kind === 'word' && !AFTER_RELATION.has(text));
  if (!isAlias) return otherwise === undefined ? '' : ` as ${quoteName(otherwise)}`;
  const name = quoteName(source.name());
  const columns = source.isSymbol('(') ? `(${source.list(() => quoteName(source.name()), '(', ')').join(', ')})` : '';
  return ` as ${name}${columns}`;
}

function readTableFunction(source: Source): string {
  const name = source.name();
  source.calls.add(name);
  const args = source.parenthesised(() => readNamedArguments(source));
  if (name === 'FLATTEN') return flatten(args, source);
  if (name === 'GENERATOR' && args.has('ROWCOUNT'))
    return `(select range as ${SEQUENCE} from range(cast(${args.get('ROWCOUNT')} as bigint)))`;
  return source.refuse(`table function ${name}`);
}

function readNamedArguments(source: Source): Map<string, string> {
  const read = (): [string, string] => {
    if (!source.isSymbol('=>', 1)) return ['INPUT', source.expression()];
    const name = source.name();
    source.expectSymbol('=>');
    return [name, source.expression()];
  };
  return new Map(source.list(read));
}

/** One row per element. https://docs.snowflake.com/en/sql-reference/functions/flatten */
function flatten(args: ReadonlyMap<string, string>, source: Source): string {
  const input = args.get('INPUT');
  if (input === undefined || args.size > 1) return source.refuse('FLATTEN with other arguments than INPUT');
  const isArray = `json_type(${input}) = 'ARRAY'`;
  return `(select 1 as "SEQ", case when ${isArray} then null else j.key end as "KEY", case when ${isArray} then cast(j.key as bigint) end as "INDEX", j.fullkey as "PATH", j.value as "VALUE", ${input} as "THIS" from json_each(${input}) j)`;
}
