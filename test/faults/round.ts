import { setTimeout as pause } from 'node:timers/promises';
import { linesOf, startProcess } from '../started-process.ts';
import { writeBulks } from './bulk.ts';
import { chance, type Chance } from './chance.ts';
import { checkAfterRestart } from './checks.ts';
import { leftovers, removeBackups } from './folder-check.ts';
import { writeImports, type ImportKind } from './imports.ts';
import type { Model, Pending } from './model.ts';
import { writeSingles } from './singles.ts';
import { openStage, type Stage } from './stage.ts';
import { backUp, read, reload } from './surroundings.ts';
import type { Tally } from './tally.ts';
import { openWire } from './wire.ts';

export type Running = { readonly process: ReturnType<typeof startProcess>; readonly address: string };
export type Run = { readonly folder: string; readonly seed: number; readonly model: Model; readonly tally: Tally };

/** What happens in a round: the clients that write, after how many writes at most, and how many milliseconds later at most, the service is killed. */
type Plan = {
  readonly singles: number;
  readonly bulks: number;
  readonly imports: readonly ImportKind[];
  readonly writes: number;
  readonly thenMs: number;
  readonly reloads?: boolean;
  readonly backup?: boolean;
};
const LONGEST_MS = 6_000;
/** How much an acknowledged one counts beside a write of one record. */
const WEIGHTS: Readonly<Record<string, number>> = { 'bulk line': 1 / 250, import: 20 };
const SHARED = ['upsert', 'append', 'refused'] as const;
const ALONE = ['replaceCustomers', 'replaceAll'] as const;
const PLANS: readonly Plan[] = [
  { singles: 8, bulks: 0, imports: [], writes: 60, thenMs: 150 },
  { singles: 2, bulks: 1, imports: [], writes: 20, thenMs: 300 },
  { singles: 3, bulks: 1, imports: [], writes: 20, thenMs: 300, backup: true },
  { singles: 0, bulks: 0, imports: SHARED, writes: 30, thenMs: 700 },
  { singles: 3, bulks: 0, imports: SHARED, writes: 40, thenMs: 700, reloads: true },
  { singles: 2, bulks: 1, imports: SHARED, writes: 40, thenMs: 700 },
  { singles: 0, bulks: 0, imports: ALONE, writes: 30, thenMs: 700 },
  { singles: 2, bulks: 0, imports: ALONE, writes: 40, thenMs: 700, reloads: true, backup: true },
];

/** Starts the service on the folder, as its user would. Throws when it does not serve. */
export async function start(folder: string): Promise<Running> {
  const env = { DATA_DIR: folder, PORT: '0', DEMO: 'off', MEMORY_LIMIT: '512MB', THREADS: '2', LOG_LEVEL: 'error' };
  const process = startProcess('main', [], env);
  const address = await process.until(({ said }) => /^ {2}page +(http:\S+)\/$/m.exec(said)?.[1]);
  return { process, address };
}

/** Clients at work, kill -9 at a random moment, a restart, and all checks. */
export async function playRound(run: Run, round: number, running: Running): Promise<Running> {
  const { model, tally, seed } = run;
  const random = chance(seed, `round ${round}`);
  const plan = PLANS[round % PLANS.length]!;
  let isOver = false;
  const wire = openWire(running.address);
  const stage = openStage({ round, model, wire, tally, isOver: () => isOver });
  await wire.send({ method: 'GET', path: '/v1/customers?limit=1' });
  const clients = clientsOf(stage, plan, run, round);
  await killMoment(stage, plan, random);
  isOver = true;
  running.process.kill('SIGKILL');
  const { out } = await running.process.ended;
  await Promise.all(clients);
  wire.close();
  for (const line of linesOf(out)) stage.fail(`in the log: ${JSON.stringify(line).slice(0, 500)}`);
  tally.rounds += 1;
  return restartAndCheck(run, stage, [...model.pending], random);
}

function clientsOf(stage: Stage, plan: Plan, { seed, folder }: Run, round: number): Promise<void>[] {
  const own = (name: string) => chance(seed, `${name} of round ${round}`);
  const times = (count: number, make: (i: number) => Promise<void>) => Array.from({ length: count }, (_, i) => make(i));
  return [
    ...times(plan.singles, (i) => writeSingles(stage, own(`single ${i}`), `s${i}`)),
    ...times(plan.bulks, (i) => writeBulks(stage, own(`bulk ${i}`), `b${i}`)),
    ...(plan.imports.length > 0 ? [writeImports(stage, own('imports'), plan.imports)] : []),
    ...(plan.reloads === true ? [reload(stage, own('reloads'), folder)] : []),
    ...(plan.backup === true ? [backUp(stage, own('backup'), folder)] : []),
    read(stage, own('reads')),
  ];
}

/**
 * A random moment: after some writes were acknowledged, so that a busy machine has rounds like a quick one, and some
 * milliseconds. Where there are imports, every second one is close to a commit.
 */
async function killMoment({ model, tally }: Stage, plan: Plan, random: Chance): Promise<void> {
  const latest = performance.now() + LONGEST_MS;
  const progress = () => [...tally.acks].reduce((sum, [what, count]) => sum + count * (WEIGHTS[what] ?? 1), 0);
  const target = progress() + random.below(plan.writes);
  const isClose = plan.imports.length > 0 && random.is(0.5);
  const isCommitting = () => [...model.pending].some(({ phase }) => phase === 'committing');
  const wait = async (until: () => boolean) => {
    while (!until() && performance.now() < latest) await pause(1);
  };
  await wait(() => progress() >= target);
  if (isClose) await wait(isCommitting);
  await pause(random.below(isClose ? 100 : plan.thenMs));
}

/** One time in eight the service is killed while it starts, too. */
async function restartAndCheck(run: Run, ended: Stage, cut: readonly Pending[], random: Chance): Promise<Running> {
  const { folder, tally } = run;
  if (random.is(1 / 8)) {
    const half = startProcess('main', [], { DATA_DIR: folder, PORT: '0', DEMO: 'off', MEMORY_LIMIT: '512MB' });
    await pause(300 + random.below(1_200));
    half.kill('SIGKILL');
    await half.ended;
    tally.count('killed again while starting');
  }
  const running = await start(folder);
  tally.restarts += 1;
  const wire = openWire(running.address);
  const stage: Stage = { ...ended, wire, isOver: () => false };
  await checkAfterRestart(stage, cut);
  wire.close();
  removeBackups(folder);
  leftovers(folder).forEach(stage.fail);
  return running;
}
