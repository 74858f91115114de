/** Keys that a write changed; `all` when it does not know them, or they are too many to keep. */
export type ChangedKeys = readonly string[] | 'all';

/**
 * What was changed since when: lets a derivation stay in use after a write, for the keys that the write did not touch.
 * It remembers so many keys a table; whoever asks about a time before that is told `all`.
 */
export type ChangeLog = {
  /** Rows of these keys changed with the write that made this version of the table. */
  note(table: string, version: number, keys: ChangedKeys): void;
  since(table: string, version: number): ReadonlySet<string> | 'all';
};

type Log = {
  entries: { readonly version: number; readonly keys: readonly string[] }[];
  from: number;
  size: number;
  /** The last answer: it is asked for with every look-up. */
  since: { readonly version: number; readonly keys: ReadonlySet<string> } | undefined;
};

export function changeLog(maxKeys = 50_000): ChangeLog {
  const logs = new Map<string, Log>();
  const noChanges: ReadonlySet<string> = new Set();
  return {
    note(table, version, keys) {
      const log = logs.get(table) ?? { entries: [], from: 0, size: 0, since: undefined };
      logs.set(table, log);
      log.since = undefined;
      if (keys === 'all' || keys.length > maxKeys) {
        Object.assign(log, { entries: [], from: version, size: 0 });
        return;
      }
      log.entries.push({ version, keys });
      log.size += keys.length;
      while (log.size > maxKeys) {
        const oldest = log.entries.shift()!;
        log.size -= oldest.keys.length;
        log.from = oldest.version;
      }
    },
    since(table, version) {
      const log = logs.get(table);
      if (log === undefined || (log.entries.at(-1)?.version ?? log.from) <= version) return noChanges;
      if (version < log.from) return 'all';
      if (log.since?.version !== version) {
        const changed = log.entries.filter((entry) => entry.version > version).flatMap(({ keys }) => keys);
        log.since = { version, keys: new Set(changed) };
      }
      return log.since.keys;
    },
  };
}
