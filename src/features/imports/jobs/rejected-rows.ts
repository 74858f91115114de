import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { csvText } from '../../../delivery/csv-rows.ts';
import type { Rejected } from '../rejects-file.ts';

/** How rejected rows are downloaded. */
export const REJECT_FORMATS = Object.freeze(['ndjson', 'csv'] as const);
export type RejectFormat = (typeof REJECT_FORMATS)[number];

const COLUMNS = Object.freeze(['part', 'reason', 'line', 'row', 'record'] as const);

/** The rejected rows of an import, from the file that it wrote: as it is, or as CSV with the row's values as JSON text. */
export async function* rejectedRows(file: string | undefined, format: RejectFormat): AsyncGenerator<string | Buffer> {
  if (format === 'csv') yield `${COLUMNS.join(',')}\r\n`;
  if (file === undefined) return;
  if (format === 'ndjson') {
    yield* createReadStream(file) as AsyncIterable<Buffer>;
    return;
  }
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line !== '') yield csvLine(JSON.parse(line) as Rejected);
  }
}

function csvLine({ part, reason, line, row, record, values }: Rejected): string {
  const text = record ?? (values === null ? null : JSON.stringify(values));
  return `${[part, reason, line, row, text].map(csvText).join(',')}\r\n`;
}
