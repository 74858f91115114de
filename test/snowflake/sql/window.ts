import { quoteText } from './names.ts';
import { readOrder } from './order.ts';
import type { Source } from './source.ts';

/** Reads ` over (...)`, or nothing. Snowflake has no named windows. */
export function readWindow(source: Source): string {
  if (!source.accept('OVER')) return '';
  return source.parenthesised(() => {
    const parts: string[] = [];
    if (source.accept('PARTITION', 'BY')) {
      parts.push(`partition by ${source.list(() => source.expression()).join(', ')}`);
    }
    if (source.accept('ORDER', 'BY')) {
      parts.push(
        `order by ${readOrder(source)
          .map(({ text }) => text)
          .join(', ')}`,
      );
    }
    const frame = readFrame(source);
    if (frame !== undefined) parts.push(frame);
    return ` over (${parts.join(' ')})`;
  });
}

function readFrame(source: Source): string | undefined {
  const unit = ['ROWS', 'RANGE'].find((word) => source.isWord(word));
  if (unit === undefined) return undefined;
  source.next();
  if (!source.accept('BETWEEN')) return `${unit.toLowerCase()} ${readBound(source)}`;
  const from = readBound(source);
  source.expect('AND');
  return `${unit.toLowerCase()} between ${from} and ${readBound(source)}`;
}

function readBound(source: Source): string {
  if (source.accept('CURRENT', 'ROW')) return 'current row';
  const distance = readDistance(source);
  if (source.accept('PRECEDING')) return `${distance} preceding`;
  source.expect('FOLLOWING');
  return `${distance} following`;
}

function readDistance(source: Source): string {
  if (source.accept('UNBOUNDED')) return 'unbounded';
  return source.accept('INTERVAL') ? `interval ${quoteText(source.textLiteral())}` : source.integer();
}
