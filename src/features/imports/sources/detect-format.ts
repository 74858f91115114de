import type { SourceFormat } from '../../../data/catalog/import-plan.ts';
import { PARQUET } from './file-magic.ts';

export function isParquet(head: Buffer): boolean {
  return head.subarray(0, PARQUET.length).equals(PARQUET);
}

/**
 * The format of a text that begins with `head`: JSON when its first character is a bracket or a brace, else CSV. Objects
 * are NDJSON when the first lines are mostly whole objects: then one broken line costs no more than itself.
 */
export function detectTextFormat(head: string, isWhole: boolean): Exclude<SourceFormat, 'parquet'> {
  const text = head.replace(/^\u{FEFF}/u, '').trimStart();
  if (text.startsWith('[')) return 'json';
  if (!text.startsWith('{')) return 'csv';
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const seen = (isWhole ? lines : lines.slice(0, -1)).slice(0, 20);
  if (isWhole && seen.length === 1) return 'json';
  return seen.filter(isObject).length > seen.length / 2 ? 'ndjson' : 'json';
}

function isObject(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
