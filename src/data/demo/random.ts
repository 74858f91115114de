/**
 * Pseudo-random numbers that SQL and TypeScript compute alike, from (seed, salt, entity) and nothing else: an engine's
 * random() depends on threads, its hash() on its version (and DuckDB's hash(a, b) is not independent between salts).
 * The mixer is "triple32" (C. Wellons, 2018, "Prospecting for hash functions"; his two-round one is visibly uneven over
 * a million entities), with a second key between its rounds: with one key alone, two salts would be the same sequence in
 * another order. Products of two numbers below 2^32 fit into UBIGINT, so that no step can overflow.
 */
export type Draw = {
  /** 32 uniform bits for an entity (0 to 2^32 - 1). */
  of(entity: number): number;
  /** The same as an SQL expression of type BIGINT over an expression that is a whole number below 2^32. */
  sql(entity: string): string;
};

/** Each round: shift right by so much, xor, multiply by this. */
const ROUNDS = [
  [17, 0xed5ad4bb],
  [11, 0xac4c1b51],
  [15, 0x31848bab],
] as const;
const LAST_SHIFT = 14;
/** The second key goes in before the multiplication of this round. */
const KEYED_ROUND = 1;

/** One independent sequence for each salt. `seed` is a whole number from 0 to 2^32 - 1. */
export function draw(seed: number, salt: string): Draw {
  const before = mix(seed ^ 0x9e3779b9, textKey(salt));
  const between = mix(textKey(salt) ^ 0x85ebca6b, before);
  return Object.freeze({
    of: (entity: number) => mix(entity ^ before, between),
    sql: (entity: string) => mixSql(`xor(cast(${entity} as ubigint), ${before}::ubigint)`, between),
  });
}

/** The low `bits` of a draw, after leaving out the lowest `skip`, as SQL of type INTEGER. */
export function bitsOf(column: string, skip: number, bits: number): string {
  return `cast((${column} >> ${skip}) & ${2 ** bits - 1} as integer)`;
}

function mix(word: number, between: number): number {
  let x = word >>> 0;
  ROUNDS.forEach(([shift, factor], round) => {
    x = Math.imul(x ^ (x >>> shift) ^ (round === KEYED_ROUND ? between : 0), factor) >>> 0;
  });
  return (x ^ (x >>> LAST_SHIFT)) >>> 0;
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

/** FNV-1a (Fowler, Noll, Vo, 1991) over the code units. */
function textKey(text: string): number {
  let key = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) key = Math.imul(key ^ text.charCodeAt(i), 0x01000193);
  return key >>> 0;
}
