/** The text of a day counted from 1970-01-01: `YYYY-MM-DD`, longer after year 9999, ` (BC)` behind it before year 1. */
export type DayText = (day: number) => string;

const FOREVER = 2 ** 31 - 1;
/** Days whose texts are kept: 22 years without a clash. */
const KEPT_DAYS = 8192;
const SECONDS_PER_DAY = 86_400;

/** A day printer that keeps the text of the last day seen on each of 8,192 places. */
export function createDayText(): DayText {
  const days = new Int32Array(KEPT_DAYS).fill(-FOREVER - 1);
  const texts = Array.from({ length: KEPT_DAYS }, () => '');
  return (day) => {
    const place = day & (KEPT_DAYS - 1);
    if (days[place] !== day) {
      days[place] = day;
      texts[place] = dayText(day);
    }
    return texts[place]!;
  };
}

const MOST_64 = 2n ** 63n - 1n;

/** `YYYY-MM-DDTHH:MM:SS[.f]Z`, without trailing zeros in the fraction; `infinity` and `-infinity` are what the engine calls them. */
export function timestampText(ticks: bigint | number, ticksPerSecond: number, text: DayText): string {
  if (ticks === MOST_64) return 'infinity';
  if (ticks === -MOST_64) return '-infinity';
  const [day, rest] = typeof ticks === 'number' ? split(ticks, ticksPerSecond) : splitBig(ticks, ticksPerSecond);
  return `${text(day)}T${timeText(rest, ticksPerSecond)}Z`;
}

/** The day, and the ticks since it began. */
function split(ticks: number, ticksPerSecond: number): readonly [number, number] {
  const perDay = ticksPerSecond * SECONDS_PER_DAY;
  const day = Math.floor(ticks / perDay);
  const rest = ticks - day * perDay;
  // The quotient of a tick before midnight may be rounded up to the next day.
  return rest < 0 ? [day - 1, rest + perDay] : [day, rest];
}

function splitBig(ticks: bigint, ticksPerSecond: number): readonly [number, number] {
  const perDay = BigInt(ticksPerSecond * SECONDS_PER_DAY);
  const rest = ((ticks % perDay) + perDay) % perDay;
  return [Number((ticks - rest) / perDay), Number(rest)];
}

/** `HH:MM:SS[.f]` of the ticks since midnight. */
export function timeText(ticks: number, ticksPerSecond: number): string {
  if (ticks === 0) return '00:00:00';
  const seconds = Math.floor(ticks / ticksPerSecond);
  const time = `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  const fraction = ticks % ticksPerSecond;
  if (fraction === 0) return time;
  const digits = String(fraction).padStart(String(ticksPerSecond).length - 1, '0');
  return `${time}.${digits.replace(/0+$/, '')}`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** Gregorian calendar from a day number, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013), civil_from_days. */
function dayText(day: number): string {
  if (day === FOREVER) return 'infinity';
  if (day === -FOREVER) return '-infinity';
  const fromMarch0 = day + 719_468;
  const era = Math.floor(fromMarch0 / 146_097);
  const ofEra = fromMarch0 - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const dayOfMonth = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const text = `${String(year > 0 ? year : 1 - year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
  return year > 0 ? text : `${text} (BC)`;
}
