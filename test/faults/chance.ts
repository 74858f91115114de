import { draw } from '../../src/data/demo/random.ts';

/** A sequence of pseudo-random choices: the same seed and name give the same ones. */
export type Chance = {
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number;
  /** True with this probability. */
  is(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
};

export function chance(seed: number, name: string): Chance {
  const bits = draw(seed >>> 0, name);
  let count = 0;
  const below = (limit: number) => bits.of(count++) % limit;
  return {
    below,
    is: (probability) => bits.of(count++) / 2 ** 32 < probability,
    pick: (list) => list[below(list.length)]!,
  };
}
