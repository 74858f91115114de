import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Default } from 'typebox/value';
import type { Question } from './analysis/question.ts';
import { overviewOf } from './analysis/overview.ts';
import { prepare } from './analysis/prepare.ts';
import type { StreamedAnswer } from './analysis/result.ts';
import { streamed } from './analysis/run.ts';
import type { CommandIo } from './commands.ts';
import { readSettings } from './config/settings.ts';
import { findService } from './data/backup/running-service.ts';
import { dataPaths } from './data/source.ts';
import type { Batch } from './data/warehouse/port.ts';
import { encodeRows, ROW_FORMATS } from './delivery/formats.ts';
import { writeRowsFile } from './delivery/rows-file.ts';
import { AppError } from './lib/app-error.ts';
import { progressLines, type ProgressLines } from './lib/progress-lines.ts';
import { stopOnSignals } from './lib/stop-on-signals.ts';
import { openLocalEngine, type LocalEngine } from './local-engine.ts';
import { readRecommendOptions, type RecommendOptions } from './recommend-options.ts';

const NAME = 'cross-sell.recommendations';
/** A command may take as long as it takes. */
const STREAM_SECONDS = 86_400;

/**
 * `npm run recommend`:
 *
 *     arguments -> engine over the database -> the lists of all customers, as they are made -> FILE.part -> FILE
 */
export async function recommendCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = readRecommendOptions(args, io);
  if (typeof options === 'number') return options;
  await requirePlace(options.out);
  const opened = await openUnlocked(options, io);
  const stopping = stopOnSignals();
  const lines = progressLines(io.stderr, { now: Date.now, isTerminal: io.isTerminal === true });
  try {
    await writeLists(opened, options, { lines, signal: stopping.signal, io });
    return 0;
  } finally {
    stopping.release();
    lines.stop();
    await opened.close();
  }
}

/** Said before anything is learned, which takes a while. */
async function requirePlace(file: string): Promise<void> {
  await access(dirname(file), constants.W_OK);
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new AppError('settings.invalid', `${file} is a folder; --out takes a file`);
}

async function openUnlocked({ database }: RecommendOptions, io: CommandIo): Promise<LocalEngine> {
  const read = readSettings(io.env);
  const settings = { ...read, DATA_DIR: resolve(io.cwd, read.DATA_DIR), STREAM_SECONDS };
  try {
    return await openLocalEngine({ settings, database, say: io.stderr });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'warehouse.locked') throw error;
    const address = (await findService(dataPaths(settings))) ?? `http://localhost:${settings.PORT}`;
    const how = `curl -H 'accept: text/csv' '${address}/v1/analyses/${NAME}?limit=10' > lists.csv`;
    throw new AppError(
      'warehouse.locked',
      `${error.detail}\nNothing was written. A service that runs on it streams the same lists:\n  ${how}`,
      { cause: error },
    );
  }
}

type Run = { readonly lines: ProgressLines; readonly signal: AbortSignal; readonly io: CommandIo };

async function writeLists(opened: LocalEngine, { out, format, limit }: RecommendOptions, run: Run): Promise<void> {
  const { engine, owner } = opened;
  const { customers } = await overviewOf(engine, owner);
  const { meta, batches } = await askPatiently(opened, limit, run);
  for (const remark of meta.warnings) run.io.stderr(remark);
  const counted = { customers: 0, rows: 0 };
  const say = () =>
    run.lines.progress(
      'writing',
      `${count(counted.customers)} of ${count(customers)} customers, ${count(counted.rows)} rows`,
    );
  const bytes = encodeRows(ROW_FORMATS[format], meta.fields, counting(batches, counted, say));
  const began = performance.now();
  await writeRowsFile(out, bytes, run.signal);
  say();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  run.io.stdout(
    `${out}: ${count(counted.rows)} rows for ${count(counted.customers)} of ${count(customers)} customers, written in ${seconds} s`,
  );
}

/** The answer as it comes; a signal is not kept waiting by what is learned first. */
async function askPatiently(opened: LocalEngine, limit: number, { lines, signal }: Run): Promise<StreamedAnswer> {
  lines.progress('learning what goes together', '');
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([askAgain(opened, limit, signal), stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What is learned goes on when a request has given it up: it is asked for again. */
async function askAgain({ engine, owner }: LocalEngine, limit: number, signal: AbortSignal): Promise<StreamedAnswer> {
  const analysis = engine.registry.get(NAME);
  const params = Default(analysis.params, { limit }) as Question['params'];
  const question: Question = { analysis, tenant: owner, params, listing: undefined, isExplained: false };
  for (;;) {
    try {
      return await streamed(engine, await prepare(engine, question, signal), signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError) || error.code !== 'model.learning') throw error;
    }
  }
}

/** The same batches; the rows of a customer follow each other, and the customer is their first column. */
async function* counting(
  batches: AsyncIterable<Batch>,
  counted: { customers: number; rows: number },
  say: () => void,
): AsyncGenerator<Batch> {
  let last: unknown;
  for await (const batch of batches) {
    for (const id of batch.columns[0]!) {
      if (id !== last) counted.customers += 1;
      last = id;
    }
    counted.rows += batch.rowCount;
    say();
    yield batch;
  }
}

function count(value: number): string {
  return value.toLocaleString('en');
}
