import { leavable } from '../leavable.ts';

/** Asked for at once, so that one is made while another is used. */
const CREDIT = 2;

/** What `next` gives until it gives nothing; two are asked for ahead. Can be read once; leaving early, also before the first, calls `leave`. */
export function readAhead<T>(next: () => Promise<T | undefined>, leave: () => void): AsyncGenerator<T, void> {
  let isOver = false;
  const end = () => {
    if (!isOver) leave();
    isOver = true;
  };
  async function* read(): AsyncGenerator<T, void> {
    const asked: Promise<T | undefined>[] = [];
    const ask = () => {
      const one = next();
      one.catch(() => undefined);
      asked.push(one);
    };
    try {
      while (asked.length < CREDIT) ask();
      for (;;) {
        const value = await asked.shift()!;
        if (value === undefined) break;
        ask();
        yield value;
      }
      isOver = true;
    } finally {
      end();
    }
  }
  return leavable(read(), end);
}
