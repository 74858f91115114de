import { AppError } from '../../../lib/app-error.ts';

const TRIES = 3;

export const isUnknown = (error: unknown) => error instanceof AppError && error.code === 'write.unknown';
export const isRolledBack = (error: unknown) => error instanceof AppError && error.code === 'write.rolled_back';

/** Does again, a few times, what may be done twice and got no answer. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      if (tried === TRIES || !(isRolledBack(error) || isUnknown(error))) throw error;
    }
  }
}
