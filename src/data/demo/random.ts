import { KEYED_ROUND, keysOf, LAST_SHIFT, mix, ROUNDS } from '../../lib/stats/random.ts';

/**
 * Pseudo-random numbers that SQL and TypeScript compute alike: an engine's random() depends on threads, its hash() on its
 * version (and DuckDB's hash(a, b) is not independent between salts). Products of two numbers below 2^32 fit into
 * UBIGINT, so that no step can overflow.
 */
export type Draw = {
  /** 32 uniform bits for an entity (0 to 2^32 - 1). */
  of(entity: number): number;
  /** The same as an SQL expression of type BIGINT over an expression that is a whole number below 2^32. */
  sql(entity: string): string;
};

/** One independent sequence for each salt. `seed` is a whole number from 0 to 2^32 - 1. */
export function draw(seed: number, salt: string): Draw {
  const { before, between } = keysOf(seed, salt);
  return Object.freeze({
    of: (entity: number) => mix(entity ^ before, between),
    sql: (entity: string) => mixSql(`xor(cast(${entity} as ubigint), ${before}::ubigint)`, between),
  });
}

/** The low `bits` of a draw, after leaving out the lowest `skip`, as SQL of type INTEGER. */
export function bitsOf(column: string, skip: number, bits: number): string {
  return `cast((${column} >> ${skip}) & ${2 ** bits - 1} as integer)`;
}

function mixSql(word: string, between: number): string {
  let x = word;
  ROUNDS.forEach(([shift, factor], round) => {
    const shifted = `xor(${x}, ${x} >> ${shift}::ubigint)`;
    const keyed = round === KEYED_ROUND ? `xor(${shifted}, ${between}::ubigint)` : shifted;
    x = `((${keyed} * ${factor}::ubigint) & 4294967295::ubigint)`;
  });
  return `cast(xor(${x}, ${x} >> ${LAST_SHIFT}::ubigint) as bigint)`;
}
