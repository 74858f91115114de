import type { Statement } from '../src/data/sql/compile.ts';
import type { StatementOptions, StatementTag, Warehouse, Writer } from '../src/data/warehouse/port.ts';
import { AppError } from '../src/lib/app-error.ts';

/** What a commit comes to instead: not stored, and that is known; stored, or not, and nobody can tell. */
export type CommitFault = 'write.rolled_back' | 'unknown, stored' | 'unknown, lost';

export type SharedWarehouse = {
  readonly wrap: (warehouse: Warehouse) => Warehouse;
  /** The next commits, in order. */
  readonly faults: CommitFault[];
  /** Another program's writes: each is committed while one of the next transactions runs, which finds its row so and writes none. */
  readonly meanwhile: ((writer: Writer) => Promise<unknown>)[];
  /** Tags of all statements so far; a write's among them. */
  readonly tags: (StatementTag | undefined)[];
  /** Questions for change tokens so far. */
  readonly checks: Statement[];
  /** When set, the answer to a question for change tokens comes when it is settled. */
  late: Promise<unknown> | undefined;
};

const CALL = /SYSTEM\$LAST_CHANGE_COMMIT_TIME\('((?:[^']|'')*)'\)/g;

/**
 * The embedded warehouse as one that other programs write to: it tells change tokens (made of the rows themselves), takes
 * rows by MERGE, and breaks when it is told to. Whoever writes past the service uses the warehouse that was wrapped.
 */
export function sharedWarehouse(): SharedWarehouse {
  const shared: SharedWarehouse = { wrap, faults: [], meanwhile: [], tags: [], checks: [], late: undefined };

  function wrap(inner: Warehouse): Warehouse {
    const tagged = <R>(options: StatementOptions, ask: () => R): R => (shared.tags.push(options.tag), ask());
    return {
      ...inner,
      isShared: true,
      dialect: { ...inner.dialect, insertion: 'merge' },
      query: (tenant, statement, options) =>
        tagged(options, async () => {
          const text = statement.text.replaceAll(CALL, (_, address: string) => tokenOf(address.replaceAll("''", "'")));
          if (text === statement.text) return inner.query(tenant, statement, options);
          shared.checks.push(statement);
          const { late } = shared;
          const rows = await inner.query(tenant, { ...statement, text }, options);
          await late;
          return rows;
        }),
      stream: (tenant, statement, options) => tagged(options, () => inner.stream(tenant, statement, options)),
      pack: (tenant, statement, options) => tagged(options, () => inner.pack(tenant, statement, options)),
      async write(tenant, work, options) {
        const fault = shared.faults.shift();
        const other = shared.meanwhile.shift();
        const transaction = async (writer: Writer) =>
          onceWritten(await work(watched(writer, other !== undefined)), fault);
        const ended = inner.write(tenant, transaction, options);
        if (other !== undefined) await ended.catch(() => inner.write(tenant, other));
        const done = await ended;
        if (fault === 'unknown, stored') throw new AppError('write.unknown', 'the commit was not answered');
        return done;
      },
    };
  }

  function watched(writer: Writer, isLate: boolean): Writer {
    return {
      query: (text, params, tag) => (shared.tags.push(tag), writer.query(text, params)),
      async run(text, params, tag) {
        shared.tags.push(tag);
        return isLate ? 0 : writer.run(text, params);
      },
    };
  }

  return shared;
}

function onceWritten<T>(done: T, fault: CommitFault | undefined): T {
  if (fault === 'write.rolled_back') throw new AppError('write.rolled_back', 'the connection broke');
  if (fault === 'unknown, lost') throw new AppError('write.unknown', 'the commit was not answered');
  return done;
}

function tokenOf(address: string): string {
  return `(select count(*) || '.' || coalesce(bit_xor(hash(x)), 0) from ${address} x)`;
}
