import type { Call } from '../call.ts';

/** A function of Snowflake that the service may use, and how DuckDB says it. */
export type Known = {
  /** The last part of its documentation's address. */
  readonly page: string;
  readonly emit: (args: readonly string[], call: Call) => string;
  /** Fewest and most arguments. */
  readonly args?: readonly [number, number];
  /** Place of an argument that is a unit of time. */
  readonly unit?: number;
  /** May be used with OVER; `needsOver`: only so. */
  readonly over?: true;
  readonly needsOver?: true;
  /** May be used with WITHIN GROUP. */
  readonly ordered?: true;
  /** Where OVER does not simply follow. */
  readonly lateOver?: (text: string, over: string) => string;
};
export type Functions = Readonly<Record<string, Known>>;

export const PAGES = 'https://docs.snowflake.com/en/sql-reference/functions/';

/** Called alike in both engines. */
export function alike(name: string, page = name, args?: readonly [number, number]): Known {
  return { page, emit: (list, { distinct }) => `${name}(${distinct}${list.join(', ')})`, ...(args && { args }) };
}

/** The same under another name: a macro of macros.ts or a function of DuckDB. */
export function named(page: string, name: string, args?: readonly [number, number]): Known {
  return alike(name, page, args);
}

/** A spelling with the arguments put in place. */
export function spelled(page: string, args: readonly [number, number], spell: (...list: string[]) => string): Known {
  return { page, args, emit: (list) => spell(...list) };
}

/** Upper-cased names of functions that are called alike. */
export function allAlike(...names: string[]): Functions {
  return Object.fromEntries(names.map((name) => [name.toUpperCase(), alike(name)]));
}
