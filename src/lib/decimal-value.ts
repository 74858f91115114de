/** Any decimal of 15 digits survives the way to a double and back (IEEE 754 double: DBL_DIG = 15). */
const SURE_DIGITS = 15;
/** Below it, whatever the scale, a decimal is a number. */
export const SURE_UNSCALED = 10 ** SURE_DIGITS;

/** A number, or the digits when a number would lose some. */
export function decimalValue(unscaled: bigint, scale: number): number | string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  const text = `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? '.' : ''}${fraction}`;
  const number = Number(text);
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) return text;
  const significant = digits.replace(/^0+|0+$/g, '').length;
  return significant <= SURE_DIGITS || String(number) === withoutZeros(text) ? number : text;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
