import { pageOf } from './sql/functions.ts';
import { translate } from './sql/statement.ts';

/** A function that a statement uses, and where it is documented. */
export type UsedFunction = { readonly name: string; readonly page: string };

const SCOPE = { database: 'DEMO', schema: 'PUBLIC' };
/** Outside quotes: what Snowflake takes for a comment and another engine for a division. */
const SLASHES = /'(?:[^'\\]|''|\\[^])*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|(\/\/)/g;

/**
 * Checks that a statement is of the shared subset in Snowflake's spelling: a grammar of its own reads it whole, reserved
 * words name nothing, every function is on our list. Throws what Snowflake would answer (001003 with line and position,
 * 002140), or 000002 for what is not of the subset. Returns its functions with the addresses of their pages.
 */
export function checkStrictly(text: string): readonly UsedFunction[] {
  for (const [, slashes] of text.matchAll(SLASHES)) {
    if (slashes !== undefined) throw new SyntaxError('// begins a comment in Snowflake');
  }
  const { calls } = translate(text, SCOPE);
  return [...calls].toSorted().map((name) => {
    const page = pageOf(name);
    if (page === undefined) throw new TypeError(`${name} has no page`);
    return { name, page };
  });
}
