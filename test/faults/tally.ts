/** What a run has counted. */
export type Tally = {
  rounds: number;
  restarts: number;
  readonly failures: string[];
  /** Acknowledged, by kind: writes one by one, lines of bulk, imports. */
  readonly acks: Map<string, number>;
  /** Under way when the service was killed, by kind: how many, and found stored, absent, or in part with whole steps. */
  readonly cut: Map<string, Cut>;
  readonly rest: Map<string, number>;
  acknowledged(what: string, count?: number): void;
  found(what: string, how: keyof Cut): void;
  count(what: string, count?: number): void;
};
export type Cut = { stored: number; absent: number; partly: number };

export function openTally(): Tally {
  const add =
    (map: Map<string, number>) =>
    (what: string, count = 1) =>
      void map.set(what, (map.get(what) ?? 0) + count);
  const [acks, rest, cut] = [new Map<string, number>(), new Map<string, number>(), new Map<string, Cut>()];
  return {
    rounds: 0,
    restarts: 0,
    failures: [],
    acks,
    rest,
    cut,
    acknowledged: add(acks),
    count: add(rest),
    found(what, how) {
      const known = cut.get(what) ?? { stored: 0, absent: 0, partly: 0 };
      known[how] += 1;
      cut.set(what, known);
    },
  };
}
