import { unknownFunction } from '../errors.ts';
import { FUNCTIONS } from './functions.ts';
import { readOrder } from './order.ts';
import type { Source } from './source.ts';
import { readWindow } from './window.ts';

/** How a function was called, beside its arguments. */
export type Call = {
  readonly name: string;
  readonly distinct: string;
  /** Of WITHIN GROUP: the order by items, as DuckDB spells them, and whether the first falls. */
  readonly order: readonly string[];
  readonly orderedBy: readonly string[];
  readonly isDescending: boolean;
  readonly nulls: string;
  /** The token texts of arguments that are plain words or literals: units of DATEADD, formats of TO_CHAR. */
  readonly words: readonly (string | undefined)[];
  readonly source: Source;
};

/** Reads `name(arguments) [within group (...)] [ignore nulls] [over (...)]`; throws for a function that is not on the list. */
export function readCall(source: Source): string {
  const name = source.next().text;
  const known = FUNCTIONS[name];
  if (known === undefined) throw unknownFunction(name);
  source.calls.add(name);
  source.expectSymbol('(');
  const distinct = source.accept('DISTINCT') ? 'distinct ' : '';
  const { args, words } = readArguments(source, known.unit);
  source.expectSymbol(')');
  const group = readWithinGroup(source);
  const nulls = readNulls(source);
  const call: Call = { name, distinct, ...group, nulls, words, source };
  if (known.args !== undefined && (args.length < known.args[0] || args.length > known.args[1])) {
    source.refuse(`${name} with ${args.length} arguments`);
  }
  if (group.order.length > 0 && known.ordered !== true) source.fail();
  const text = known.emit(args, call);
  const over = readWindow(source);
  if (over !== '' && known.over !== true) source.refuse(`${name} OVER`);
  if (over === '' && known.over === true && known.needsOver === true) source.refuse(`${name} without OVER`);
  if (over !== '' && known.lateOver !== undefined) return known.lateOver(text, over);
  return `${text}${over}`;
}

/** Arguments; where a unit of time stands (`day` or 'day'), it becomes a text. */
function readArguments(source: Source, unit: number | undefined) {
  const args: string[] = [];
  const words: (string | undefined)[] = [];
  if (source.isSymbol(')')) return { args, words };
  if (source.acceptSymbol('*')) return { args: ['*'], words };
  do {
    const token = source.peek();
    words.push(token.kind === 'word' || token.kind === 'text' ? token.text : undefined);
    if (unit === args.length && (token.kind === 'word' || token.kind === 'text')) {
      source.next();
      args.push(`'${token.text.toLowerCase()}'`);
    } else args.push(source.expression());
  } while (source.acceptSymbol(','));
  return { args, words };
}

function readWithinGroup(source: Source) {
  if (!source.accept('WITHIN', 'GROUP')) return { order: [], orderedBy: [], isDescending: false };
  source.expectSymbol('(');
  source.expect('ORDER', 'BY');
  const items = readOrder(source);
  source.expectSymbol(')');
  return {
    order: items.map(({ text }) => text),
    orderedBy: items.map(({ value }) => value),
    isDescending: items[0]!.isDescending,
  };
}

function readNulls(source: Source): string {
  if (source.accept('IGNORE', 'NULLS')) return ' ignore nulls';
  source.accept('RESPECT', 'NULLS');
  return '';
}
