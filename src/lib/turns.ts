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
