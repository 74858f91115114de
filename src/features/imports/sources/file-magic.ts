import { AppError } from '../../../lib/app-error.ts';

export const GZIP = Buffer.from('1f8b08', 'hex');
export const PARQUET = Buffer.from('PAR1');

/** What begins with these bytes cannot be read, and what to do about it. */
const ARCHIVES: readonly { readonly bytes: Buffer; readonly at: number; readonly words: string }[] = [
  archive('504b0304', 'a zip archive (an .xlsx workbook is one too): unpack it, or save the sheet as CSV'),
  archive('504b0506', 'an empty zip archive'),
  archive('504b0708', 'one part of a zip archive: put it together and unpack it'),
  archive('314159265359', 'a bzip2 file: unpack it, or pack it with gzip', 4),
  archive('fd377a585a00', 'an xz file: unpack it, or pack it with gzip'),
  archive('28b52ffd', 'a Zstandard file: unpack it, or pack it with gzip'),
  archive('377abcaf271c', 'a 7z archive: unpack it'),
  archive('526172211a07', 'a rar archive: unpack it'),
  archive('04224d18', 'an LZ4 file: unpack it, or pack it with gzip'),
  archive('d0cf11e0a1b11ae1', 'an old Office document such as .xls: save the sheet as CSV'),
  archive('53514c69746520666f726d6174203300', 'an SQLite database: export the table as CSV'),
  archive('50415245', 'an encrypted Parquet file: write it without encryption'),
  archive('7573746172', 'a tar archive: unpack it', 257),
];

/** Throws `import.failed` when `head`, the first bytes of `path`, is a file that holds others or is packed in a way that is not read. */
export function refuseArchive(path: string, head: Buffer): void {
  const found = ARCHIVES.find(({ bytes, at }) => head.subarray(at, at + bytes.length).equals(bytes));
  if (found !== undefined) throw new AppError('import.failed', `${path} is ${found.words}`);
}

function archive(hex: string, words: string, at = 0): { bytes: Buffer; at: number; words: string } {
  return { bytes: Buffer.from(hex, 'hex'), at, words };
}
