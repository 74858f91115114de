import { timestampText, type DayText } from '../time-text.ts';
import { fixed, type Reader } from './decode.ts';
import { big64, low64 } from './decode-number.ts';

export function dateReader(text: DayText): Reader {
  return fixed(Int32Array, 1, (days, i) => text(days[i]!));
}

/** Reads timestamps that count so many ticks a second: 1, 1000, 1000000 or 1000000000. */
export function timestampReader(text: DayText, ticksPerSecond: number): Reader {
  return fixed(Int32Array, 2, (words, i) => timestampText(low64(words, i) ?? big64(words, i), ticksPerSecond, text));
}
