import { FORMAT_NAMES, type FormatName } from '../delivery/formats.ts';
import { AppError } from '../lib/app-error.ts';

/** The media ranges that a format answers to, the most specific first: that one decides about it. */
const RANGES: Readonly<Record<FormatName, readonly string[]>> = {
  json: ['application/json', 'application/*', '*/*'],
  csv: ['text/csv', 'text/*', '*/*'],
  ndjson: ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/*', '*/*'],
};

/**
 * The format to answer in: `?format=` first, then the Accept header by its quality values (RFC 9110, 12.5.1), among
 * equals the one that it names first, JSON when it does not say. Browsers, which prefer HTML, get JSON. Throws
 * request.not_acceptable.
 */
export function formatOf(wanted: string | undefined, accept: string | undefined): FormatName {
  if (wanted !== undefined) return wanted as FormatName;
  if (accept === undefined || accept === '' || accept === '*/*') return 'json';
  const ranges = accept.split(',').slice(0, 50).map(parseRange);
  const candidates = FORMAT_NAMES.flatMap((format) => {
    const range = RANGES[format].map((name) => ranges.find(({ type }) => type === name)).find((found) => found);
    return range === undefined || range.quality <= 0 ? [] : [{ format, ...range }];
  });
  const [best] = candidates.sort((a, b) => b.quality - a.quality || a.position - b.position);
  if (best !== undefined) return best.format;
  throw new AppError(
    'request.not_acceptable',
    `none of the accepted media types can be made; formats: ${FORMAT_NAMES.join(', ')}`,
  );
}

function parseRange(range: string, position: number): { type: string; quality: number; position: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0, position };
}
