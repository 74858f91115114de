import { setImmediate } from 'node:timers/promises';

/** Lets other work have its turn when the last was so many milliseconds ago: for long loops, called every few thousand steps. */
export type Turns = () => Promise<void> | undefined;

export function turnsOf(ms: number): Turns {
  let since = performance.now();
  const take = async () => {
    await setImmediate();
    since = performance.now();
  };
  return () => (performance.now() - since < ms ? undefined : take());
}

/** Calls `work` for one stretch of `count` things after the other; others may have their turns between them. */
export async function inSteps(
  count: number,
  turn: Turns,
  work: (from: number, to: number) => void,
  step = 2 ** 15,
): Promise<void> {
  for (let from = 0; from < count; from += step) {
    work(from, Math.min(count, from + step));
    await turn();
  }
}
