import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chance } from './chance.ts';
import { sizeOf } from './folder-check.ts';
import { ALL_TABLES, importOne } from './imports.ts';
import { openModel } from './model.ts';
import { playRound, start, type Run, type Running } from './round.ts';
import { openStage } from './stage.ts';
import { openTally, type Tally } from './tally.ts';
import { openWire } from './wire.ts';

export type HarnessOptions = {
  readonly seed: number;
  readonly rounds: number;
  /** Services side by side, each with a data folder of its own for all of its rounds. */
  readonly services: number;
  /** Called after each round. */
  readonly say?: (outcome: Outcome) => void;
};
export type Outcome = { readonly tally: Tally; readonly seconds: number; readonly bytes: number };

/**
 * Kills services again and again, and checks after each restart that nothing acknowledged is lost and nothing is stored
 * in part. Stops with the first failures: what they left is wrong for all later rounds.
 */
export async function runHarness({ seed, rounds, services, say = () => {} }: HarnessOptions): Promise<Outcome> {
  const began = performance.now();
  const tally = openTally();
  const folders = Array.from({ length: services }, () => mkdtempSync(join(tmpdir(), 'faults-')));
  const outcome = () => ({
    tally,
    seconds: (performance.now() - began) / 1000,
    bytes: Math.max(...folders.map(sizeOf)),
  });
  let next = 0;
  const rest = () => (next < rounds && tally.failures.length === 0 ? next++ : undefined);
  try {
    const runs = folders.map((folder) => ({ folder, seed, model: openModel('mark_0'), tally }));
    await Promise.all(runs.map((run) => killAgainAndAgain(run, rest, () => say(outcome()))));
    return outcome();
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

async function killAgainAndAgain(run: Run, rest: () => number | undefined, say: () => void): Promise<void> {
  let running = await start(run.folder);
  try {
    await fill(run, running);
    // What is compiled is kept when a process ends in good order, which makes all later starts quicker.
    running.process.kill('SIGTERM');
    await running.process.ended;
    running = await start(run.folder);
    for (let round = rest(); round !== undefined; round = rest()) {
      running = await playRound(run, round, running);
      say();
    }
  } finally {
    running.process.kill('SIGKILL');
    await running.process.ended;
  }
}

/** The first rows: they are there from the beginning. */
async function fill({ seed, model, tally }: Run, { address }: Running): Promise<void> {
  const wire = openWire(address);
  const stage = openStage({ round: -1, model, wire, tally, isOver: () => false });
  const never = { ...chance(seed, 'fill'), is: () => false };
  await importOne(stage, never, ALL_TABLES(stage, never, 'first'));
  wire.close();
  if (tally.failures.length > 0) throw new Error(tally.failures.join('\n'));
}
