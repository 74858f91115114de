/** Many at once, or one alone. Who wants to be alone keeps others from beginning, and waits for those that have begun. */
export type Gate = {
  /** Both give `true`, and do nothing, when it is over by the time that they may begin. */
  shared(work: () => Promise<boolean>): Promise<boolean>;
  alone(work: () => Promise<boolean>): Promise<boolean>;
};

export function openGate(isOver: () => boolean): Gate {
  const inside = new Set<Promise<unknown>>();
  let closed: Promise<unknown> | undefined;
  return {
    async shared(work) {
      while (closed !== undefined) await closed;
      if (isOver()) return true;
      const one = work();
      const settled = one.catch(() => undefined);
      inside.add(settled);
      void settled.then(() => inside.delete(settled));
      return one;
    },
    async alone(work) {
      while (closed !== undefined) await closed;
      const one = Promise.all(inside).then(() => isOver() || work());
      closed = one.catch(() => undefined).then(() => (closed = undefined));
      return one;
    },
  };
}
