import { AppError } from '../lib/app-error.ts';
import { isRefusal } from './write-operation.ts';

/**
 * What `write` comes to. When nobody can tell whether it was stored (write.unknown), what `look` comes to: the same write
 * for a request that may have been carried out already. Only when the warehouse does not answer that either,
 * write.unknown is the answer.
 */
export async function settled<T>(write: () => Promise<T>, look: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'write.unknown') throw error;
    return look().catch((failure: unknown) => {
      throw failure instanceof AppError && !isRefusal(failure) ? stillUnknown(error, failure) : failure;
    });
  }
}

/** The same error; its causes tell of both. */
function stillUnknown(error: AppError, failure: AppError): AppError {
  const cause = new AggregateError([failure], `then nobody could look: ${failure.message}`, { cause: error });
  return new AppError('write.unknown', error.detail, { cause, headers: error.headers });
}
