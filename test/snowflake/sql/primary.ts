import { readCall } from './call.ts';
import { datePart } from './functions/dates.ts';
import { printedName, quoteName, quoteText, RESERVED } from './names.ts';
import { SEQUENCE } from './from.ts';
import type { Source } from './source.ts';
import { castTo, readType } from './types.ts';

const now = ({ scope }: Source) => `to_timestamp(${(scope.now ?? 0) / 1000})`;

/** Words that begin an expression of their own. */
const FORMS: Readonly<Record<string, (source: Source) => string>> = {
  TRUE: () => 'true',
  FALSE: () => 'false',
  NULL: () => 'null',
  CASE: readCase,
  CAST: (source) => readCast(source, false),
  TRY_CAST: (source) => readCast(source, true),
  EXISTS: (source) => `exists (${source.parenthesised(() => source.query())})`,
  SEQ4: (source) => {
    source.calls.add('SEQ4');
    return readCurrent(source, SEQUENCE);
  },
  EXTRACT: readExtract,
  CURRENT_DATE: (source) => readCurrent(source, `cast(${now(source)} as date)`),
  CURRENT_TIMESTAMP: (source) => readCurrent(source, now(source)),
};

export function readPrimary(source: Source): string {
  const token = source.peek();
  if (token.kind === 'number') return source.next().text;
  if (token.kind === 'text') return quoteText(source.next().text);
  if (token.kind === 'bind') return readBind(source);
  if (source.isSymbol('$')) return readStageColumn(source);
  if (source.isSymbol('(')) return readParentheses(source);
  if (token.kind === 'quoted') return readColumn(source);
  if (token.kind !== 'word') source.fail();
  const form = FORMS[token.text];
  if (form === readExtract && !source.isSymbol('(', 1)) return readColumn(source);
  if (form !== undefined) {
    source.next();
    return form(source);
  }
  const literal = readTypedLiteral(source);
  if (literal !== undefined) return literal;
  // LEFT and RIGHT are functions where an argument follows.
  const isCall =
    source.isSymbol('(', 1) && (!RESERVED.has(token.text) || ['LEFT', 'RIGHT', 'CURRENT_USER'].includes(token.text));
  if (isCall) return readCall(source);
  return readColumn(source);
}

function readBind(source: Source): string {
  const { text } = source.next();
  source.binds += 1;
  return `$${text === '?' ? source.binds : text.slice(1)}`;
}

/** `$1` in a query over a stage. */
function readStageColumn(source: Source): string {
  if (source.stageColumns === undefined) source.fail();
  source.next();
  const number = Number(source.integer());
  source.stageColumns = Math.max(source.stageColumns, number);
  return `"C${number}"`;
}

/** A query, a value, or a row of values. */
function readParentheses(source: Source): string {
  source.expectSymbol('(');
  const inner = source.isQuery() ? source.query() : source.list(() => source.expression()).join(', ');
  source.expectSymbol(')');
  return `(${inner})`;
}

/** `date '2025-01-31'`, `timestamp '...'`; intervals only stand in window frames, because date + interval differs between the engines. */
function readTypedLiteral(source: Source): string | undefined {
  if (source.peek(1).kind !== 'text') return undefined;
  const word = source.peek().text;
  if (word === 'INTERVAL') source.refuse('arithmetic with intervals; DATEADD');
  if (word !== 'DATE' && word !== 'TIMESTAMP') return undefined;
  source.next();
  return `${word.toLowerCase()} ${quoteText(source.textLiteral())}`;
}

function readCase(source: Source): string {
  const subject = source.isWord('WHEN') ? '' : ` ${source.expression()}`;
  let text = `case${subject}`;
  while (source.accept('WHEN')) {
    text += ` when ${source.expression()}`;
    source.expect('THEN');
    text += ` then ${source.expression()}`;
  }
  if (source.accept('ELSE')) text += ` else ${source.expression()}`;
  source.expect('END');
  return `${text} end`;
}

function readCast(source: Source, isTry: boolean): string {
  return source.parenthesised(() => {
    const value = source.expression();
    source.expect('AS');
    return castTo(readType(source), value, isTry);
  });
}

function readExtract(source: Source): string {
  source.calls.add('EXTRACT');
  return source.parenthesised(() => {
    const unit = source.name();
    source.expect('FROM');
    return datePart(quoteText(unit.toLowerCase()), source.expression());
  });
}

function readCurrent(source: Source, text: string): string {
  if (source.acceptSymbol('(')) source.expectSymbol(')');
  return text;
}

/** A column, or a function with dots in its name. */
function readColumn(source: Source): string {
  const parts = [source.name()];
  while (source.isSymbol('.')) {
    source.next();
    if (source.isSymbol('*')) {
      source.next();
      return `${parts.map(quoteName).join('.')}.*`;
    }
    parts.push(source.name());
  }
  if (source.isSymbol('(')) source.refuse(`call of ${parts.map(printedName).join('.')}`);
  return parts.map(quoteName).join('.');
}
