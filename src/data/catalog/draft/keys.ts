import type { Column, TableDescription } from '../../warehouse/port.ts';
import type { CoreTableName } from '../model.ts';
import { entityScore, KEY_WORDS, tableWords, wordsIn } from './words.ts';

export const tableName = (table: TableDescription): string => table.path.at(-1)!;

/** The column that identifies the rows of a table of this kind; undefined when none looks like it. */
export function keyOf(table: TableDescription, kind: CoreTableName): Column | undefined {
  const own = tableWords(tableName(table));
  const scored = table.columns.map((column, i) => ({ column, score: keyScore(column, kind, own) - i * 0.001 }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0.3 ? best.column : undefined;
}

function keyScore({ name, type }: Column, kind: CoreTableName, own: readonly string[]): number {
  if (type !== 'text' && type !== 'integer' && type !== 'decimal') return 0;
  const all = wordsIn(name);
  const rest = all.filter((word) => !KEY_WORDS.has(word));
  const hasKeyWord = rest.length < all.length;
  if (rest.length === 0) return 0.9;
  if (all.length === 1 && all[0] === 'sku') return kind === 'products' ? 0.95 : 0;
  if (namesRow(rest, own)) return hasKeyWord ? 1 : 0.4;
  if (rest.length === 1 && entityScore(rest[0]!, kind) > 0) return hasKeyWord ? 0.95 : 0.35;
  return 0;
}

/** The column of `table` that holds keys of `target`, a table of this kind; undefined when there is none. */
export function referenceTo(
  table: TableDescription,
  target: TableDescription,
  key: Column,
  kind?: CoreTableName,
): Column | undefined {
  const own = tableWords(tableName(target));
  const isGeneric = wordsIn(key.name).every((word) => KEY_WORDS.has(word));
  const score = ({ name }: Column): number => {
    if (!isGeneric && name.toLowerCase() === key.name.toLowerCase()) return 1;
    const all = wordsIn(name);
    const rest = all.filter((word) => !KEY_WORDS.has(word));
    if (rest.length === 0) return 0;
    const hasKeyWord = rest.length < all.length;
    if (namesRow(rest, own)) return hasKeyWord ? 0.9 : 0.5;
    const entity = kind === undefined || rest.length !== 1 ? 0 : entityScore(rest[0]!, kind);
    return entity > 0 && (hasKeyWord || rest[0] === 'sku') ? entity * 0.8 : 0;
  };
  const scored = table.columns.map((column) => ({ column, score: score(column) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 && best.column.type !== 'date' && best.column.type !== 'boolean' ? best.column : undefined;
}

/** Whether these words name a row of the table: `order_line` or `line` one of order_lines, `order` does not. */
function namesRow(words: readonly string[], table: readonly string[]): boolean {
  return words.join(' ') === table.join(' ') || (words.length === 1 && words[0] === table.at(-1));
}

/** Whether a column is the row's own number, not one that several rows share. */
export function isOwnKey(table: TableDescription, { name }: Column): boolean {
  const rest = wordsIn(name).filter((word) => !KEY_WORDS.has(word));
  return rest.length === 0 || namesRow(rest, tableWords(tableName(table)));
}
