import { readAlias, readFrom, readRelation } from './from.ts';
import { quoteName } from './names.ts';
import { readObjectName, tableAddress } from './objects.ts';
import type { Source } from './source.ts';
import type { Write } from './statement.ts';

const readNames = (source: Source) => `(${source.list(() => quoteName(source.name()), '(', ')').join(', ')})`;

export function readInsert(source: Source): Write {
  source.expect('INSERT', 'INTO');
  const target = readObjectName(source);
  const columns = source.isSymbol('(') ? readNames(source) : '';
  const into = `insert into ${tableAddress(target, source.scope)} ${columns}`;
  const query = source.query();
  return { kind: 'insert', text: `${into} ${query}`, target, ...bulkOf(into, query, source.binds) };
}

/** One row of plain binds as a query over lists of texts, so that many rows are one statement. */
function bulkOf(into: string, query: string, binds: number): { bulk?: string } {
  const row = /^values \(((?:\$\d+)(?:, \$\d+)*)\)$/.exec(query)?.[1];
  if (row === undefined) return {};
  const lists = Array.from({ length: binds }, (_, i) => `unnest($${i + 1}::varchar[]) as "b${i + 1}"`);
  return { bulk: `${into} select ${row.replaceAll(/\$(\d+)/g, '"b$1"')} from (select ${lists.join(', ')})` };
}

function readTarget(source: Source) {
  const target = readObjectName(source);
  return { target, text: `${tableAddress(target, source.scope)}${readAlias(source, target.name)}` };
}

/** `a = 1, t.b = 2`: DuckDB takes no alias before the column. */
function readAssignments(source: Source): string {
  return source
    .list(() => {
      let column = source.name();
      if (source.acceptSymbol('.')) column = source.name();
      source.expectSymbol('=');
      return `${quoteName(column)} = ${source.expression()}`;
    })
    .join(', ');
}

export function readUpdate(source: Source): Write {
  source.expect('UPDATE');
  const { target, text: into } = readTarget(source);
  source.expect('SET');
  let text = `update ${into} set ${readAssignments(source)}`;
  if (source.accept('FROM')) text += ` from ${readFrom(source)}`;
  if (source.accept('WHERE')) text += ` where ${source.expression()}`;
  return { kind: 'update', text, target };
}

export function readDelete(source: Source): Write {
  source.expect('DELETE', 'FROM');
  const { target, text: from } = readTarget(source);
  let text = `delete from ${from}`;
  if (source.accept('USING')) text += ` using ${readFrom(source)}`;
  if (source.accept('WHERE')) text += ` where ${source.expression()}`;
  return { kind: 'delete', text, target };
}

/** https://docs.snowflake.com/en/sql-reference/sql/merge; a target row that two source rows match is an error there. */
export function readMerge(source: Source): Write {
  source.expect('MERGE', 'INTO');
  const { target, text: into } = readTarget(source);
  const alias = into.slice(into.lastIndexOf(' as ') + 4);
  source.expect('USING');
  const using = readRelation(source);
  source.expect('ON');
  const on = source.expression();
  const clauses: string[] = [];
  while (source.accept('WHEN')) clauses.push(readClause(source));
  if (clauses.length === 0) source.fail();
  const text = `merge into ${into} using ${using} on (${on}) ${clauses.join(' ')} returning merge_action`;
  const hasMatched = clauses.some((clause) => clause.startsWith('when matched'));
  const guard = `select 1 from ${into} join ${using} on (${on}) group by ${alias}.rowid having count(*) > 1 limit 1`;
  return { kind: 'merge', text, target, ...(hasMatched && { guard }) };
}

function readClause(source: Source): string {
  const isMatched = !source.accept('NOT');
  source.expect('MATCHED');
  const condition = source.accept('AND') ? ` and ${source.expression()}` : '';
  source.expect('THEN');
  if (!isMatched) return `when not matched${condition} then ${readMergeInsert(source)}`;
  if (source.accept('DELETE')) return `when matched${condition} then delete`;
  source.expect('UPDATE', 'SET');
  return `when matched${condition} then update set ${readAssignments(source)}`;
}

function readMergeInsert(source: Source): string {
  source.expect('INSERT');
  const columns = source.isSymbol('(') ? readNames(source) : '';
  source.expect('VALUES');
  return `insert ${columns} values (${source.list(() => source.expression(), '(', ')').join(', ')})`;
}
