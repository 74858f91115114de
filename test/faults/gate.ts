/** Many at once, or one alone. Who wants to be alone keeps others from beginning, and waits for those that have begun. */
export type Gate = {
  shared<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
};

export function openGate(): Gate {
  const inside = new Set<Promise<unknown>>();
  let closed: Promise<unknown> | undefined;
  return {
    async shared(work) {
      while (closed !== undefined) await closed;
      const one = work();
      const settled = one.catch(() => undefined);
      inside.add(settled);
      void settled.then(() => inside.delete(settled));
      return one;
    },
    async alone(work) {
      while (closed !== undefined) await closed;
      const one = Promise.all(inside).then(work);
      closed = one.catch(() => undefined).then(() => (closed = undefined));
      return one;
    },
  };
}
