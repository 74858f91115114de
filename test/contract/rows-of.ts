import type { Field } from '../../src/analysis/columns.ts';
import { readCsv } from '../read-csv.ts';
import type { Row } from '../world-client.ts';

/** Rows of NDJSON. */
export function ndjsonRows(text: string): Row[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not ended');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);
}

/** Rows of CSV as JSON has them: values by the types of their fields, attributes in one object. */
export function csvRowsAs(fields: readonly Field[], text: string): Row[] {
  const [header = [], ...records] = readCsv(text);
  const types = header.map((name) => fields.find(({ field }) => field === name)!.type);
  return records.map((record) => {
    const row: Record<string, unknown> = {};
    const attributes: Record<string, unknown> = {};
    for (const [i, name] of header.entries()) {
      const value = valueOf(record[i] ?? null, types[i]!);
      if (name!.startsWith('attributes.')) attributes[name!.slice('attributes.'.length)] = value;
      else row[name!] = value;
    }
    return Object.keys(attributes).length === 0 ? row : { ...row, attributes };
  });
}

function valueOf(text: string | null, type: Field['type']): unknown {
  if (text === null) return null;
  if (type === 'boolean' || type === 'json') return JSON.parse(text);
  if (type === 'text' || type === 'date' || type === 'timestamp') return text;
  return Number.isSafeInteger(Number(text)) || text.includes('.') || /e/i.test(text) ? Number(text) : text;
}
