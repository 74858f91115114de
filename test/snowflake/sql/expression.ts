import { readPrimary } from './primary.ts';
import type { Source } from './source.ts';
import { quoteText } from './names.ts';
import { castTo, readType } from './types.ts';

/** Reads an expression by falling precedence and returns DuckDB's spelling of it. */
export function readExpression(source: Source): string {
  let left = readAnd(source);
  while (source.accept('OR')) left = `${left} or ${readAnd(source)}`;
  return left;
}

function readAnd(source: Source): string {
  let left = readNot(source);
  while (source.accept('AND')) left = `${left} and ${readNot(source)}`;
  return left;
}

function readNot(source: Source): string {
  return source.accept('NOT') ? `not ${readNot(source)}` : readComparison(source);
}

const COMPARISONS = ['=', '<>', '!=', '<=', '>=', '<', '>'];

function readComparison(source: Source): string {
  let left = readSum(source);
  for (;;) {
    const symbol = COMPARISONS.find((one) => source.isSymbol(one));
    if (symbol !== undefined) {
      source.next();
      left = `${left} ${symbol} ${readSum(source)}`;
    } else if (source.accept('IS')) left = readIs(source, left);
    else {
      const isNot =
        source.isWord('NOT') && ['IN', 'BETWEEN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP'].includes(source.peek(1).text);
      if (isNot) source.next();
      const test = readTest(source, left);
      if (test === undefined) return left;
      left = isNot ? `not (${test})` : test;
    }
  }
}

function readIs(source: Source, left: string): string {
  const not = source.accept('NOT') ? ' not' : '';
  if (source.accept('NULL')) return `${left} is${not} null`;
  source.expect('DISTINCT', 'FROM');
  return `${left} is${not} distinct from ${readSum(source)}`;
}

function readTest(source: Source, left: string): string | undefined {
  if (source.accept('IN')) return `${left} in (${source.parenthesised(() => readInList(source))})`;
  if (source.accept('BETWEEN')) {
    const low = readSum(source);
    source.expect('AND');
    return `${left} between ${low} and ${readSum(source)}`;
  }
  if (source.accept('RLIKE') || source.accept('REGEXP')) return `regexp_full_match(${left}, ${readSum(source)})`;
  if (source.accept('LIKE')) return readLike(source, left, 'like');
  return source.accept('ILIKE') ? readLike(source, left, 'ilike') : undefined;
}

function readInList(source: Source): string {
  if (source.isQuery()) return source.query();
  return source.list(() => source.expression()).join(', ');
}

function readLike(source: Source, left: string, operator: 'like' | 'ilike'): string {
  const isAny = source.accept('ANY');
  const patterns = isAny ? source.list(() => source.expression(), '(', ')') : [readSum(source)];
  const escape = source.accept('ESCAPE') ? ` escape ${quoteText(source.textLiteral())}` : '';
  return `(${patterns.map((pattern) => `${left} ${operator} ${pattern}${escape}`).join(' or ')})`;
}

function readSum(source: Source): string {
  let left = readProduct(source);
  for (;;) {
    if (source.acceptSymbol('+')) left = `${left} + ${readProduct(source)}`;
    else if (source.acceptSymbol('-')) left = `${left} - ${readProduct(source)}`;
    else if (source.acceptSymbol('||')) left = `sf_to_varchar(${left}) || sf_to_varchar(${readProduct(source)})`;
    else return left;
  }
}

function readProduct(source: Source): string {
  let left = readSign(source);
  for (;;) {
    if (source.acceptSymbol('*')) left = `${left} * ${readSign(source)}`;
    else if (source.acceptSymbol('/')) left = `sf_div(${left}, ${readSign(source)})`;
    else if (source.acceptSymbol('%')) left = `sf_mod(${left}, ${readSign(source)})`;
    else return left;
  }
}

function readSign(source: Source): string {
  if (source.acceptSymbol('-')) return `- ${readSign(source)}`;
  if (source.acceptSymbol('+')) return readSign(source);
  return readPostfix(source);
}

/** Casts and paths into a VARIANT: `v:a.b[0]`, `v['a']`, `v[0]::type`. */
function readPostfix(source: Source): string {
  let value = readPrimary(source);
  for (;;) {
    if (source.acceptSymbol('::')) value = castTo(readType(source), value);
    else if (source.acceptSymbol(':')) value = `json_extract(${value}, ${quoteText(readPath(source))})`;
    else if (source.isSymbol('[')) value = readIndex(source, value);
    else return value;
  }
}

function readPath(source: Source): string {
  const member = () => {
    const token = source.next();
    if (token.kind !== 'quoted' && token.kind !== 'word') source.fail(token);
    // A path is compared with its case, quoted or not, so it is taken as it was written.
    const written = token.kind === 'word' ? source.text.slice(token.from, token.to) : token.text;
    return `."${written.replaceAll('"', '\\"')}"`;
  };
  let path = `$${member()}`;
  for (;;) {
    if (source.acceptSymbol('.')) path += member();
    else return path;
  }
}

function readIndex(source: Source, value: string): string {
  source.expectSymbol('[');
  const token = source.peek();
  const key = source.expression();
  source.expectSymbol(']');
  if (token.kind === 'text') return `json_extract(${value}, ${quoteText(`$."${token.text}"`)})`;
  if (key === token.text) return `json_extract(${value}, '$[${key}]')`;
  return `json_extract(${value}, '$[' || ${key} || ']')`;
}
