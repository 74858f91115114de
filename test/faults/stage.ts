import { openGate, type Gate } from './gate.ts';
import type { Model, Request } from './model.ts';
import { rowOf, type ListName, type Row } from './rows.ts';
import type { Tally } from './tally.ts';
import type { Wire } from './wire.ts';

/** What the clients of one round share. */
export type Stage = {
  readonly round: number;
  readonly model: Model;
  readonly wire: Wire;
  readonly tally: Tally;
  readonly gate: Gate;
  /** Writes with an Idempotency-Key, and what was answered. */
  readonly answered: { request: Request; text: string }[];
  /** The service was killed. */
  isOver(): boolean;
  /** A connection broke: true when it may have, since the service was killed. */
  lost(what: string): true;
  fail(what: string): void;
  /** Holds the record of an answer against what it must be; undefined: none. */
  expectRow(what: string, list: ListName, row: Row | undefined, text: string): void;
};

type Parts = Pick<Stage, 'round' | 'model' | 'wire' | 'tally' | 'isOver'>;

export function openStage(parts: Parts): Stage {
  const { model, tally, round, isOver } = parts;
  const fail = (what: string) => void tally.failures.push(`round ${round}: ${what}`);
  return {
    ...parts,
    gate: openGate(isOver),
    answered: [],
    lost(what) {
      if (!isOver()) fail(`${what}: the connection broke while the service ran`);
      return true;
    },
    fail,
    expectRow(what, list, row, text) {
      const { data } = JSON.parse(text) as { data: Row | null };
      const shown = data === null ? undefined : JSON.stringify(rowOf(list, data, model.mark));
      const expected = row === undefined ? undefined : JSON.stringify(row);
      if (shown !== expected) fail(`${what} answered ${shown}, not ${expected}`);
    },
  };
}
