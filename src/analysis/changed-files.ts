/*
 * DuckDB reads a file as it finds it, block by block: one that is replaced or cut while it is read gives rows of both, or
 * fewer rows without an error. So a statement over files is answered only when they are the same after its last row:
 *
 *   look at the files ─ statement ─ look again ─┬─ the same ─ rows
 *                                               └─ changed ── once more; a stream, whose rows have left, fails
 */
import type { Catalog } from '../data/catalog/model.ts';
import type { Statement } from '../data/sql/compile.ts';
import type { Warehouse } from '../data/warehouse/port.ts';
import { AppError } from '../lib/app-error.ts';
import { fileState } from '../lib/file-state.ts';

type Watch = {
  /** Throws dataset.changed. */
  check(): Promise<void>;
  /** What a failure of the statement is: the file's, when it has changed. */
  explain(error: unknown): Promise<unknown>;
};

/**
 * The same warehouse; statements over datasets that are files throw `dataset.changed` when a file changed while it was
 * read, and `dataset.unavailable` when it is not there. Whatever reads no file goes straight through.
 */
export function watchingFiles(warehouse: Warehouse, catalog: Pick<Catalog, 'tables'>): Warehouse {
  const filesOf = ({ reads }: Statement) =>
    reads.tables.flatMap((name) => {
      const source = catalog.tables.get(name)?.source;
      return source?.kind === 'file' ? [{ name, file: source.file }] : [];
    });
  if (![...catalog.tables.values()].some(({ source }) => source.kind === 'file')) return warehouse;
  return {
    ...warehouse,
    async query(tenant, statement, options) {
      const files = filesOf(statement);
      const ask = () => warehouse.query(tenant, statement, options);
      if (files.length === 0) return ask();
      return watched(files, ask).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'dataset.changed') return watched(files, ask);
        throw error;
      });
    },
    async stream(tenant, statement, options) {
      const files = filesOf(statement);
      if (files.length === 0) return warehouse.stream(tenant, statement, options);
      const watch = await watchOf(files);
      const stream = await warehouse.stream(tenant, statement, options);
      return { ...stream, batches: checked(stream.batches, watch) };
    },
    async pack(tenant, statement, options) {
      const files = filesOf(statement);
      if (files.length === 0) return warehouse.pack(tenant, statement, options);
      const watch = await watchOf(files);
      const stream = await warehouse.pack(tenant, statement, options);
      return { ...stream, batches: checked(stream.batches, watch) };
    },
  };
}

type File = { readonly name: string; readonly file: string };

async function watched<T>(files: readonly File[], ask: () => Promise<T>): Promise<T> {
  const watch = await watchOf(files);
  const answer = await ask().catch(async (error: unknown) => Promise.reject(await watch.explain(error)));
  await watch.check();
  return answer;
}

async function watchOf(files: readonly File[]): Promise<Watch> {
  const look = () => Promise.all(files.map(({ file }) => fileState(file)));
  const before = await look();
  const absent = files[before.indexOf(undefined)];
  if (absent !== undefined)
    throw new AppError('dataset.unavailable', `the file of the dataset ${JSON.stringify(absent.name)} is not there`);
  const changed = async (): Promise<AppError | undefined> => {
    const now = await look();
    const other = files.find((_, i) => now[i] !== before[i]);
    if (other === undefined) return undefined;
    const detail = `the file of the dataset ${JSON.stringify(other.name)} changed while it was read`;
    return new AppError('dataset.changed', detail, { headers: { 'retry-after': '1' } });
  };
  return {
    async check() {
      const error = await changed();
      if (error !== undefined) throw error;
    },
    explain: async (error) =>
      error instanceof AppError && error.code === 'warehouse.failed' ? ((await changed()) ?? error) : error,
  };
}

/** The same batches, and an error instead of the end when a file has changed. */
function checked<B>(batches: AsyncIterable<B>, watch: Watch): AsyncIterable<B> {
  return {
    [Symbol.asyncIterator]() {
      const inner = batches[Symbol.asyncIterator]();
      return {
        async next() {
          const step = await inner.next().catch(async (error: unknown) => Promise.reject(await watch.explain(error)));
          if (step.done === true) await watch.check();
          return step;
        },
        // Also of a stream that was never begun: its statement ends with it.
        return: async (value?: unknown) => (await inner.return?.(value)) ?? { done: true, value: undefined },
      };
    },
  };
}
