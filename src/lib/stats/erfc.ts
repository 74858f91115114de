/**
 * The complementary error function of x >= 0: by the series of erf (Abramowitz and Stegun 1964, 7.1.6) up to 2, and by the
 * continued fraction beyond (7.1.14, by the method of Lentz 1976). Relative error below 1e-13.
 */
export function erfc(x: number): number {
  return x < SWITCH ? 1 - erfSeries(x) : erfcFraction(x);
}

const SWITCH = 2;
const TWO_BY_ROOT_PI = 2 / Math.sqrt(Math.PI);

function erfSeries(x: number): number {
  const double = 2 * x * x;
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= double / (2 * n + 1);
    sum += term;
  }
  return TWO_BY_ROOT_PI * Math.exp(-x * x) * sum;
}

function erfcFraction(x: number): number {
  // 1/(x+) (1/2)/(x+) 1/(x+) (3/2)/(x+) ...
  let numerator = x;
  let denominator = 0;
  let value = x;
  for (let n = 1; n < 200; n++) {
    denominator = 1 / (x + (n / 2) * denominator);
    numerator = x + n / 2 / numerator;
    const step = numerator * denominator;
    value *= step;
    if (Math.abs(step - 1) < Number.EPSILON) break;
  }
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * value);
}
