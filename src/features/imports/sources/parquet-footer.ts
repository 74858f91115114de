/** What a Parquet footer says of the whole file; `bytes` are unpacked. */
export type ParquetFooter = { readonly rows: number; readonly columns: readonly string[]; readonly bytes: number };

/** A value of the Thrift compact protocol, as far as footers need it. */
type Thrift = number | Buffer | boolean | undefined | readonly Thrift[] | Struct;
type Struct = ReadonlyMap<number, Thrift>;

const MAX_DEPTH = 32;

/**
 * Reads the FileMetaData of the Parquet format (parquet.thrift: 2 schema, 3 num_rows, 4 row_groups with 2
 * total_byte_size; a schema element: 4 name, 5 num_children). Undefined when the bytes are not one.
 */
export function readFooter(bytes: Buffer): ParquetFooter | undefined {
  try {
    const meta = readStruct({ bytes, at: 0 }, 0);
    const [root, ...elements] = listOf(meta.get(2)).map(structOf);
    const rows = meta.get(3);
    const groups = listOf(meta.get(4)).map((group) => Number(structOf(group).get(2) ?? 0));
    if (typeof rows !== 'number' || root === undefined) return undefined;
    return { rows, columns: topNames(elements), bytes: groups.reduce((sum, group) => sum + group, 0) };
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Elements stand in depth-first order: those below another are not columns of the table. */
function topNames(elements: readonly Struct[]): string[] {
  const names: string[] = [];
  let below = 0;
  for (const element of elements) {
    if (below === 0) names.push((element.get(4) as Buffer).toString());
    else below -= 1;
    below += Number(element.get(5) ?? 0);
  }
  return names;
}

function listOf(value: Thrift): readonly Thrift[] {
  if (!Array.isArray(value)) throw new TypeError('a list was expected');
  return value as readonly Thrift[];
}

function structOf(value: Thrift): Struct {
  if (!(value instanceof Map)) throw new TypeError('a struct was expected');
  return value as Struct;
}

type Cursor = { readonly bytes: Buffer; at: number };

function readStruct(cursor: Cursor, depth: number): Struct {
  if (depth > MAX_DEPTH) throw new RangeError('too deep');
  const fields = new Map<number, Thrift>();
  for (let id = 0; ;) {
    const head = byteOf(cursor);
    if (head === 0) return fields;
    id = head >> 4 === 0 ? zigzag(cursor) : id + (head >> 4);
    const type = head & 15;
    fields.set(id, type === 1 || type === 2 ? type === 1 : readValue(cursor, type, depth));
  }
}

function readValue(cursor: Cursor, type: number, depth: number): Thrift {
  switch (type) {
    case 1:
    case 2:
      return byteOf(cursor) === 1;
    case 3:
      return byteOf(cursor);
    case 4:
    case 5:
    case 6:
      return zigzag(cursor);
    case 7:
      return take(cursor, 8).readDoubleLE();
    case 8:
      return take(cursor, varint(cursor));
    case 9:
    case 10:
      return readList(cursor, depth + 1);
    case 12:
      return readStruct(cursor, depth + 1);
    default:
      throw new RangeError('a type that footers do not have');
  }
}

function readList(cursor: Cursor, depth: number): readonly Thrift[] {
  if (depth > MAX_DEPTH) throw new RangeError('too deep');
  const head = byteOf(cursor);
  const size = head >> 4 === 15 ? varint(cursor) : head >> 4;
  // Every element takes a byte at least.
  if (size > cursor.bytes.length - cursor.at) throw new RangeError('a list longer than the footer');
  return Array.from({ length: size }, () => readValue(cursor, head & 15, depth));
}

function byteOf(cursor: Cursor): number {
  const byte = cursor.bytes.readUInt8(cursor.at);
  cursor.at += 1;
  return byte;
}

function take(cursor: Cursor, length: number): Buffer {
  const from = cursor.at;
  if (length > cursor.bytes.length - from) throw new RangeError('beyond the footer');
  cursor.at += length;
  return cursor.bytes.subarray(from, cursor.at);
}

/** Exact up to 2^53: more rows than any file has. */
function varint(cursor: Cursor): number {
  let value = 0;
  for (let factor = 1; factor < 2 ** 70; factor *= 128) {
    const byte = byteOf(cursor);
    value += (byte & 127) * factor;
    if (byte < 128) return value;
  }
  throw new RangeError('a number that does not end');
}

function zigzag(cursor: Cursor): number {
  const value = varint(cursor);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
