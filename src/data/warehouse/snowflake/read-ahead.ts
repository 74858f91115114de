/** Asked for at once, so that one is made while another is used. */
const CREDIT = 2;

/** What `next` gives until it gives nothing; two are asked for ahead. Can be read once; leaving early calls `leave`. */
export async function* readAhead<T>(next: () => Promise<T | undefined>, leave: () => void): AsyncGenerator<T, void> {
  const asked: Promise<T | undefined>[] = [];
  const ask = () => {
    const one = next();
    one.catch(() => undefined);
    asked.push(one);
  };
  let isOver = false;
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
    if (!isOver) leave();
  }
}
