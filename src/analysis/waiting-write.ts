import { abortReason, after } from '../data/warehouse/deadline.ts';
import type { StatementTag } from '../data/warehouse/port.ts';
import { AppError } from '../lib/app-error.ts';
import type { JoinedWrite, WriteOutcome } from './write-operation.ts';

/** A write that waits for its turn. */
export type Waiting = {
  readonly write: JoinedWrite<unknown>;
  /** For whom its statements run. */
  readonly tag: StatementTag | undefined;
  readonly settle: (outcome: WriteOutcome<unknown>) => void;
  /** From now on it waits, and calls back when it gives up. */
  readonly wait: (giveUp: () => void) => void;
  /** It is carried out; true unless it gave up before. */
  readonly begin: () => boolean;
};

/** `patience`: seconds, or a signal to leave with. */
export function waitingFor(
  write: JoinedWrite<unknown>,
  patience: number | AbortSignal,
  settle: Waiting['settle'],
  tag?: StatementTag,
): Waiting {
  let begin = () => true;
  return {
    write,
    tag,
    settle,
    begin: () => begin(),
    wait(giveUp) {
      let isWaiting = true;
      const leave = (error: AppError) => {
        isWaiting = false;
        giveUp();
        settle({ error });
      };
      const stop = typeof patience === 'number' ? waitFor(patience, leave) : waitWith(patience, leave);
      begin = () => (stop(), isWaiting);
    },
  };
}

function waitFor(seconds: number, leave: (error: AppError) => void): () => void {
  const timer = after(seconds, () =>
    leave(
      new AppError(
        'warehouse.busy',
        `The write waited for ${seconds} seconds for another one; it is not carried out.`,
        {
          headers: { 'retry-after': String(Math.min(seconds, 30)) },
        },
      ),
    ),
  );
  return () => clearTimeout(timer);
}

function waitWith(signal: AbortSignal, leave: (error: AppError) => void): () => void {
  const onAbort = () => leave(abortReason(signal));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}
