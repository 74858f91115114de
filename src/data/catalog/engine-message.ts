import { didYouMean } from '../../lib/near-name.ts';
import { shorten } from '../../lib/shorten.ts';

/** Snowflake's words begin on the line after it. */
const SNOWFLAKE_HEADING = /^SQL \w+ error:\s+(?:error line (\d+) at position \d+\s+)?/;

/**
 * Why a statement does not compile, on one line: the engine's first sentence, with the near one of `names` where it
 * misses a column, and the line of a statement of several. The engine's words are in the cause of the port's `warehouse.failed`.
 */
export function engineMessage(error: unknown, names: Iterable<string> = []): string {
  const words = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  const [first = ''] = words.replace(SNOWFLAKE_HEADING, '').split('\n');
  const sentence = shorten(
    first
      .replace(/^(Binder|Parser|Catalog|IO|Invalid Input) Error: /, '')
      .replace(/!$/, '')
      .trim(),
  );
  const line = /^LINE (\d+):/m.exec(words)?.[1] ?? SNOWFLAKE_HEADING.exec(words)?.[1];
  const place = line === undefined || line === '1' ? '' : ` (line ${line} of it)`;
  const missing = /column "([^"]+)" not found/i.exec(sentence)?.[1];
  return `${sentence}${missing === undefined ? '' : didYouMean(missing, names)}${place}`;
}
