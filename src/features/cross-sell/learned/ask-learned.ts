import { setTimeout as pause } from 'node:timers/promises';
import type { RunContext } from '../../../analysis/define.ts';
import { dayNumber } from '../../../analysis/snapshot/holdings.ts';
import { AppError } from '../../../lib/app-error.ts';
import { learnedNow, learnedOn, type Learned } from './learned.ts';

/** How long an answer waits for the first one that is learned. */
const PATIENCE_MS = 20_000;

/**
 * What is learned, for the day of an answer. That of today may be some writes old, and is replaced in the background.
 * Throws model.learning when it takes long the first time, unsupported.feature where nothing can be learned.
 */
export async function learnedFor(context: RunContext): Promise<Learned> {
  const newest = await patiently(context.newest(learnedNow));
  const day = dayNumber(context.asOf);
  const learned =
    newest !== undefined && day < newest.day ? await patiently(context.derive(learnedOn, { day })) : newest;
  if (learned === undefined)
    throw new AppError(
      'unsupported.feature',
      'next products are learned from all relationships in memory, and there are too many of them, or DERIVATION_BYTES is too small',
    );
  return learned;
}

async function patiently<T>(value: Promise<T>): Promise<T> {
  const enough = new AbortController();
  const tooLong = pause(PATIENCE_MS, undefined, { signal: enough.signal }).then(() => {
    throw new AppError('model.learning', 'It has begun, and goes on without this request.', {
      headers: { 'retry-after': '30' },
    });
  });
  try {
    return await Promise.race([value, tooLong]);
  } finally {
    enough.abort();
    tooLong.catch(() => {});
    value.catch(() => {});
  }
}
