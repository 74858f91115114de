import { keysOf, mix } from '../stats/random.ts';

export type Interval = { readonly mean: number; readonly low: number; readonly high: number };

export type BootstrapOptions = {
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  readonly resamples?: number;
  /** How sure: 0.95 is 95 %. */
  readonly level?: number;
};

export const RESAMPLES = 1000;
export const LEVEL = 0.95;

/**
 * Of each method: the mean of its differences from another one (one per customer, the customers in the same order), and
 * its percentile interval over seeded resamples of the customers (Efron 1979), the same ones for all methods. Assumes
 * that customers are independent of each other. Undefined where there are none.
 */
export function pairedBootstrap(
  methods: readonly Float64Array[],
  { seed, resamples = RESAMPLES, level = LEVEL }: BootstrapOptions,
): readonly (Interval | undefined)[] {
  const count = methods[0]?.length ?? 0;
  if (count === 0) return methods.map(() => undefined);
  const means = methods.map(() => new Float64Array(resamples));
  const drawn = new Uint32Array(count);
  const { before, between } = keysOf(seed, 'paired bootstrap');
  for (let resample = 0, place = 0; resample < resamples; resample++) {
    for (let i = 0; i < count; i++) drawn[i] = (mix(place++ ^ before, between) * count) / 2 ** 32;
    methods.forEach((values, method) => (means[method]![resample] = meanAt(values, drawn)));
  }
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  return methods.map((values, method) => {
    const sorted = means[method]!.sort();
    const [low, high] = [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)];
    return { mean: meanAt(values, all), low, high };
  });
}

function meanAt(values: Float64Array, places: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum += values[places[i]!]!;
  return sum / places.length;
}

/** Between two of the sorted values where it falls between them. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}
