import { describe, expect, it } from 'vitest';
import { choose, exponential, lognormal, quantiles, slotRanges, zipfMandelbrot } from './distributions.ts';

describe('slotRanges', () => {
  it('cuts all slots by weight, without gap or overlap', () => {
    expect(slotRanges([1, 2, 1], 8)).toEqual([
      { value: 0, from: 0, to: 2 },
      { value: 1, from: 2, to: 6 },
      { value: 2, from: 6, to: 8 },
    ]);
    const ranges = slotRanges(zipfMandelbrot(100, 4), 1000);
    ranges.forEach((range, i) => expect(range.from).toBe(i === 0 ? 0 : ranges[i - 1]!.to));
    expect(ranges.at(-1)!.to).toBe(1000);
  });

  it('gives a weight that is too small no slot', () => {
    expect(slotRanges([1, 0.0001, 1], 10).map((range) => range.value)).toEqual([0, 2]);
  });
});

describe('choose', () => {
  it('takes the weight that the uniform number falls on', () => {
    const at = (share: number) => choose(Math.floor(share * 2 ** 32), [1, 2, 1]);
    expect([at(0), at(0.2499), at(0.2501), at(0.7499), at(0.7501)]).toEqual([0, 0, 1, 1, 2]);
  });

  it('takes the last one when rounding leaves nothing', () => {
    expect(choose(2 ** 32, [0.1, 0.2])).toBe(1);
  });
});

describe('quantiles', () => {
  it('are whole numbers with the mean that is asked for', () => {
    const values = quantiles(exponential, 4096, 65_536);
    expect(values.every(Number.isInteger)).toBe(true);
    expect(values.reduce((a, b) => a + b, 0) / 4096).toBeCloseTo(65_536, 0);
    expect(values[2048]! / 65_536).toBeCloseTo(Math.log(2), 2);
  });

  it('of a lognormal follow the published quantiles of the normal distribution (1.959964 at 97.5 %)', () => {
    expect(Math.abs(Math.log(lognormal(1)(0.975)) - 1.959964)).toBeLessThan(4.5e-4);
    expect(Math.abs(Math.log(lognormal(2)(0.025)) + 2 * 1.959964)).toBeLessThan(9e-4);
    expect(Math.log(lognormal(1)(0.5))).toBeCloseTo(0, 3);
  });
});

describe('zipfMandelbrot', () => {
  it('falls with the rank as 1 / (rank + shift)', () => {
    expect(zipfMandelbrot(3, 4)).toEqual([1 / 5, 1 / 6, 1 / 7]);
  });
});
