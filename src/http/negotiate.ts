import { FORMAT_NAMES, type FormatName } from '../delivery/formats.ts';
import { AppError } from '../lib/app-error.ts';

const MEDIA_TYPES: Readonly<Record<string, FormatName>> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'text/csv': 'csv',
  'text/*': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
};

/**
 * The format to answer in: `?format=` first, then the Accept header by its quality values (RFC 9110, 12.5.1), JSON
 * when it does not say. Browsers, which prefer HTML, get JSON. Throws request.not_acceptable.
 */
export function formatOf(wanted: string | undefined, accept: string | undefined): FormatName {
  if (wanted !== undefined) return wanted as FormatName;
  if (accept === undefined || accept === '' || accept === '*/*') return 'json';
  const ranges = accept
    .split(',')
    .slice(0, 50)
    .map(parseRange)
    .filter(({ quality }) => quality > 0);
  const best = ranges.sort((a, b) => b.quality - a.quality).find(({ type }) => Object.hasOwn(MEDIA_TYPES, type));
  if (best !== undefined) return MEDIA_TYPES[best.type]!;
  throw new AppError(
    'request.not_acceptable',
    `none of the accepted media types can be made; formats: ${FORMAT_NAMES.join(', ')}`,
  );
}

function parseRange(range: string): { type: string; quality: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}
