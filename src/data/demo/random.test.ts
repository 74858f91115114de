import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitsOf, draw } from './random.ts';

const ENTITIES = 65_536;
/** Bounds that chi-square with 255 degrees of freedom leaves once in some 10,000 times (255 +- 4 * sqrt(2 * 255)). */
const [LOW, HIGH] = [165, 345];

/** Chi-square of 256 cells against equal counts. */
function chiSquare(cells: Iterable<number>): number {
  const counts = new Float64Array(256);
  let total = 0;
  for (const cell of cells) {
    counts[cell]!++;
    total++;
  }
  return counts.reduce((sum, count) => sum + (count - total / 256) ** 2 / (total / 256), 0);
}

const cellsOf = (cell: (entity: number) => number) => Array.from({ length: ENTITIES }, (_, entity) => cell(entity));
const looksEven = (cell: (entity: number) => number) => {
  const found = chiSquare(cellsOf(cell));
  expect(found).toBeGreaterThan(LOW);
  expect(found).toBeLessThan(HIGH);
};

describe('draw', () => {
  const seeds = [0, 1, 2, 77, 4_294_967_295];

  it.each(seeds)('is uniform in its bits, seed %i', (seed) => {
    const a = draw(seed, 'a');
    for (const shift of [0, 7, 16, 24]) looksEven((entity) => (a.of(entity) >>> shift) & 255);
  });

  it.each(seeds)('is independent between salts, between neighbours and between seeds, seed %i', (seed) => {
    const [a, b, other] = [draw(seed, 'a'), draw(seed, 'b'), draw(seed + 1, 'a')];
    for (const shift of [0, 12, 28]) {
      const four = (word: number) => (word >>> shift) & 15;
      looksEven((entity) => four(a.of(entity)) * 16 + four(b.of(entity)));
      looksEven((entity) => four(a.of(entity)) * 16 + four(a.of(entity + 1)));
      looksEven((entity) => four(a.of(entity)) * 16 + four(other.of(entity)));
    }
  });

  it('is not one sequence in another order for two salts', () => {
    const values = (salt: string) => new Set(cellsOf(draw(1, salt).of));
    const a = values('a');
    expect(a.size).toBeGreaterThan(ENTITIES * 0.999);
    for (const salt of ['b', 'c', 'relationship.what']) {
      expect([...values(salt)].filter((value) => a.has(value)).length).toBeLessThan(10);
    }
  });

  it('finds a generator that is not independent between salts', () => {
    const linked = {
      a: (entity: number) => draw(1, 'a').of(entity),
      b: (entity: number) => draw(1, 'a').of(entity) ^ 5,
    };
    const found = chiSquare(cellsOf((entity) => (linked.a(entity) & 15) * 16 + (linked.b(entity) & 15)));
    expect(found).toBeGreaterThan(HIGH);
  });
});

describe('draw in SQL', () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  });
  afterAll(() => instance.closeSync());

  it('gives the same words as in TypeScript, up to the largest entity, without overflow', async () => {
    const connection = await instance.connect();
    const entities = [0, 1, 2, 3, 1000, 2 ** 24, 2 ** 31, 2 ** 32 - 1];
    for (const [seed, salt] of [
      [0, 'a'],
      [1, 'relationship.what'],
      [2 ** 32 - 1, 'zz'],
    ] as const) {
      const one = draw(seed, salt);
      const result = await connection.runAndReadAll(
        `select e, ${one.sql('e')} as word from (select unnest([${entities.join(', ')}]) as e) order by e`,
      );
      expect(result.getRows().map(([, word]) => Number(word))).toEqual(entities.map(one.of));
    }
    connection.closeSync();
  });

  it('takes bits out of a word', async () => {
    const connection = await instance.connect();
    const result = await connection.runAndReadAll(
      `select ${bitsOf('w', 0, 4)}, ${bitsOf('w', 4, 8)}, ${bitsOf('w', 16, 16)} from (select ${0xfedcba98} as w)`,
    );
    expect(result.getRows()[0]).toEqual([0x8, 0xa9, 0xfedc]);
    connection.closeSync();
  });
});
