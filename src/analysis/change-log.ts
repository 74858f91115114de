/**
 * Keys that a write changed: customers of relationships; of other tables the ids that came or went, not those whose row
 * got other values. `all` when it does not know them, or they are too many to keep.
 */
export type ChangedKeys = readonly string[] | 'all';

/**
 * What was changed since when: lets a derivation stay in use after a write, for the keys that the write did not touch.
 * It remembers so many keys a table; whoever asks about a time before that is told `all`.
 */
export type ChangeLog = {
  /** Rows of these keys changed with the write that made this version of the table. */
  note(table: string, version: number, keys: ChangedKeys): void;
  since(table: string, version: number): ReadonlySet<string> | 'all';
  /** The same as a question about one key, also answered for what is noted later (yes for every key once that is forgotten); costs nothing to make. */
  isChangedSince(table: string, version: number): ((key: string) => boolean) | 'all';
};

type Log = {
  entries: { readonly version: number; readonly keys: readonly string[] }[];
  /** The version with which a key changed last. */
  last: Map<string, number>;
  from: number;
  size: number;
  /** The last answer: it is asked for with every look-up. */
  since: { readonly version: number; readonly keys: ReadonlySet<string> } | undefined;
};

export function changeLog(maxKeys = 50_000): ChangeLog {
  const logs = new Map<string, Log>();
  const noChanges: ReadonlySet<string> = new Set();
  const logOf = (table: string): Log => {
    const log = logs.get(table) ?? { entries: [], last: new Map(), from: 0, size: 0, since: undefined };
    logs.set(table, log);
    return log;
  };
  return {
    note(table, version, keys) {
      // Most writes of a table that is logged by its ids change values alone.
      if (keys.length === 0) return;
      const log = logOf(table);
      log.since = undefined;
      if (keys === 'all' || keys.length > maxKeys) {
        Object.assign(log, { entries: [], last: new Map(), from: version, size: 0 });
        return;
      }
      log.entries.push({ version, keys });
      for (const key of keys) log.last.set(key, version);
      log.size += keys.length;
      while (log.size > maxKeys) {
        const oldest = log.entries.shift()!;
        for (const key of oldest.keys) if (log.last.get(key) === oldest.version) log.last.delete(key);
        log.size -= oldest.keys.length;
        log.from = oldest.version;
      }
    },
    since(table, version) {
      const log = logOf(table);
      if ((log.entries.at(-1)?.version ?? log.from) <= version) return noChanges;
      if (version < log.from) return 'all';
      if (log.since?.version !== version) {
        const changed = log.entries.filter((entry) => entry.version > version).flatMap(({ keys }) => keys);
        log.since = { version, keys: new Set(changed) };
      }
      return log.since.keys;
    },
    isChangedSince(table, version) {
      const log = logOf(table);
      if (version < log.from) return 'all';
      return (key) => version < log.from || (log.last.get(key) ?? -1) > version;
    },
  };
}
