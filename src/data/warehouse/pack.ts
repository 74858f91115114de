import { leavable } from './leavable.ts';
import type { Batch, Column, PackedBatch, PackedStream, Stream, Value, WireType } from './port.ts';

/** Makes numbers of the values of one column. */
type Packer = { readonly texts: readonly string[]; pack(values: readonly Value[], out: Float64Array): void };

/** A packed stream made of an ordinary one: for a warehouse whose driver has no raw memory to read. Throws TypeError as `pack` does. */
export function packed({ schema, batches, waitMs }: Stream): PackedStream {
  const packers = schema.map(packerOf);
  const source = batches[Symbol.asyncIterator]();
  const numbers = leavable(packedBatches({ [Symbol.asyncIterator]: () => source }, packers), () => source.return?.());
  return { schema, texts: packers.map(({ texts }) => texts), batches: numbers, waitMs };
}

/** Columns that cannot be packed. */
export function notPacked({ name, type }: Column): TypeError {
  return new TypeError(`column ${name} is of type ${type}: only text, integer and date are packed`);
}

/** The last days of the years before 1 and 9999: what lies outside has no ISO text of one length. */
export const DAY_RANGE = { first: -719_162, last: 2_932_896 } as const;

async function* packedBatches(
  batches: AsyncIterable<Batch>,
  packers: readonly Packer[],
): AsyncGenerator<PackedBatch, void> {
  let columns: readonly Float64Array[] = [];
  for await (const batch of batches) {
    if ((columns[0]?.length ?? 0) < batch.rowCount) columns = packers.map(() => new Float64Array(batch.rowCount));
    packers.forEach(({ pack }, c) => pack(batch.columns[c]!, columns[c]!));
    yield { rowCount: batch.rowCount, columns };
  }
}

function packerOf(column: Column): Packer {
  const make = PACKERS[column.type];
  if (make === undefined) throw notPacked(column);
  return make();
}

const PACKERS: Readonly<Partial<Record<WireType, () => Packer>>> = {
  text: textPacker,
  integer: () => numberPacker((value) => (typeof value === 'number' ? value : Number(value) * Infinity)),
  date: () => numberPacker((value) => dayNumber(value as string)),
};

function numberPacker(numberOf: (value: Value) => number): Packer {
  return {
    texts: [],
    pack: (values, out) => values.forEach((value, row) => (out[row] = value === null ? NaN : numberOf(value))),
  };
}

function textPacker(): Packer {
  const texts: string[] = [];
  const codes = new Map<string, number>();
  const codeOf = (text: string): number => {
    const known = codes.get(text);
    if (known !== undefined) return known;
    codes.set(text, texts.length);
    return texts.push(text) - 1;
  };
  return {
    texts,
    pack: (values, out) => values.forEach((value, row) => (out[row] = value === null ? NaN : codeOf(value as string))),
  };
}

function dayNumber(text: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  return text === '-infinity' || text.endsWith('(BC)') ? -Infinity : Infinity;
}
