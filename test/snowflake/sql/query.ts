import { readFrom } from './from.ts';
import { quoteName } from './names.ts';
import { readOrder } from './order.ts';
import type { Source } from './source.ts';

/** Reads a whole query: WITH, set operations, ORDER BY and LIMIT. */
export function readQuery(source: Source): string {
  const heading = source.accept('WITH') ? readCommon(source) : '';
  let text = readTerm(source);
  for (;;) {
    const operation = readOperation(source);
    if (operation === undefined) break;
    text = `${text} ${operation} ${readTerm(source)}`;
  }
  if (source.accept('ORDER', 'BY')) {
    const items = readOrder(source).map((item) => item.text);
    text += ` order by ${items.join(', ')}`;
  }
  return `${heading}${text}${readLimit(source)}`;
}

function readCommon(source: Source): string {
  const recursive = source.accept('RECURSIVE') ? 'recursive ' : '';
  const tables = source.list(() => {
    const name = source.name();
    source.common.add(name);
    const columns = source.isSymbol('(') ? source.list(() => quoteName(source.name()), '(', ')') : [];
    source.expect('AS');
    const query = source.parenthesised(() => source.query());
    return `${quoteName(name)}${columns.length === 0 ? '' : `(${columns.join(', ')})`} as (${query})`;
  });
  return `with ${recursive}${tables.join(', ')} `;
}

function readOperation(source: Source): string | undefined {
  if (source.accept('UNION')) return source.accept('ALL') ? 'union all' : 'union';
  if (source.accept('INTERSECT')) return 'intersect';
  return source.accept('EXCEPT') || source.accept('MINUS') ? 'except' : undefined;
}

function readTerm(source: Source): string {
  if (source.isSymbol('(')) return `(${source.parenthesised(() => source.query())})`;
  if (source.accept('VALUES')) {
    return `values ${source.list(() => `(${source.list(() => source.expression(), '(', ')').join(', ')})`).join(', ')}`;
  }
  if (!source.isQuery()) source.fail();
  return readSelect(source);
}

function readSelect(source: Source): string {
  source.expect('SELECT');
  let text = `select${source.accept('DISTINCT') ? ' distinct' : ''}`;
  source.accept('ALL');
  const top = source.accept('TOP') ? ` limit ${source.integer()}` : '';
  text += ` ${source.list(() => readItem(source)).join(', ')}`;
  if (source.accept('FROM')) text += ` from ${readFrom(source)}`;
  if (source.accept('WHERE')) text += ` where ${source.expression()}`;
  if (source.accept('GROUP', 'BY')) text += ` group by ${readGroups(source)}`;
  if (source.accept('HAVING')) text += ` having ${source.expression()}`;
  if (source.accept('QUALIFY')) text += ` qualify ${source.expression()}`;
  return top === '' ? text : `(${text}${top})`;
}

/** One column; without an alias it has the name that Snowflake gives it: of a column its own, else its text in capitals. */
function readItem(source: Source): string {
  const token = source.peek();
  if (source.acceptSymbol('*')) return `*${readExclude(source)}`;
  const value = source.expression();
  if (value.endsWith('.*')) return `${value}${readExclude(source)}`;
  const written = source.since(token);
  if (source.accept('AS') || isAlias(source)) return `${value} as ${quoteName(source.name())}`;
  const isColumn = /^(?:"(?:[^"]|"")+"\.)*("(?:[^"]|"")+")$/.exec(value);
  return isColumn === null ? `${value} as ${quoteName(written.toUpperCase())}` : value;
}

function readExclude(source: Source): string {
  if (!source.accept('EXCLUDE')) return '';
  const names = source.isSymbol('(') ? source.list(() => source.name(), '(', ')') : [source.name()];
  return ` exclude (${names.map(quoteName).join(', ')})`;
}

const AFTER_ITEM = new Set([
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'QUALIFY',
  'ORDER',
  'LIMIT',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'MINUS',
  'OFFSET',
  'FETCH',
]);

function isAlias(source: Source): boolean {
  const { kind, text } = source.peek();
  return kind === 'quoted' || (kind === 'word' && !AFTER_ITEM.has(text));
}

function readGroups(source: Source): string {
  if (source.accept('ALL')) return 'all';
  return source.list(() => readGroup(source)).join(', ');
}

function readGroup(source: Source): string {
  const kind = ['ROLLUP', 'CUBE'].find((word) => source.isWord(word) && source.isSymbol('(', 1));
  if (kind !== undefined) {
    source.next();
    return `${kind.toLowerCase()} (${source.list(() => source.expression(), '(', ')').join(', ')})`;
  }
  if (!source.accept('GROUPING', 'SETS')) return source.expression();
  const set = () => {
    if (!source.isSymbol('(')) return source.expression();
    source.expectSymbol('(');
    if (source.acceptSymbol(')')) return '()';
    return `(${source.list(() => source.expression(), undefined, ')').join(', ')})`;
  };
  return `grouping sets (${source.list(set, '(', ')').join(', ')})`;
}

function readLimit(source: Source): string {
  let text = '';
  if (source.accept('LIMIT')) text += ` limit ${source.expression()}`;
  if (source.accept('OFFSET')) text += ` offset ${source.expression()}`;
  if (source.accept('FETCH')) {
    if (!source.accept('FIRST')) source.accept('NEXT');
    text += ` limit ${source.integer()}`;
    if (!source.accept('ROWS')) source.accept('ROW');
    source.accept('ONLY');
  }
  return text;
}
