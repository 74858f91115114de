import { LRUCache } from 'lru-cache';
import type { Catalog } from '../data/catalog/model.ts';
import type { Settings } from '../config/settings.ts';
import type { Compute, SqlKit } from './define.ts';
import type { Sql } from '../data/sql/sql.ts';
import type { Lane, PackedStream, Rows, Stream } from '../data/warehouse/port.ts';

/**
 * An intermediate result that analyses share. Declared once; built at most once per tenant, data version of the tables
 * it reads and argument, whoever asks first; kept in memory within one budget, the least recently used goes first.
 */
export type Derivation<T, A = void> = {
  readonly name: string;
  readonly reads: readonly string[];
  /** heavy unless said otherwise; fast for small ones that look-ups need. */
  readonly lane?: Lane;
  readonly build: (context: DerivationContext, argument: A) => Promise<T>;
  /** Memory that a built value takes. */
  readonly bytes: (value: T) => number;
};

export type DerivationContext = Pick<SqlKit, 't' | 'd'> & {
  /** Collected rows; more than `maxRows` (default: RESULT_ROWS) throw limit.rows. */
  readonly query: (statement: Sql, maxRows?: number) => Promise<Rows>;
  readonly stream: (statement: Sql) => Promise<Stream>;
  readonly pack: (statement: Sql) => Promise<PackedStream>;
  readonly compute: Compute;
  readonly newest: DeriveNewest;
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly clock: () => Date;
};

export type Derive = <T, A = void>(derivation: Derivation<T, A>, ...argument: A extends void ? [] : [A]) => Promise<T>;

/** A value that stays in use while writes go on, and the keys for which it no longer speaks. */
export type Standing<T> = { readonly value: T; readonly changed: ReadonlySet<string> };

/**
 * The newest built value of a derivation over one table, or undefined while there is none that can be used; whatever it
 * answers, it sees to a new build when one is due.
 */
export type DeriveStanding = <T>(derivation: Derivation<T>) => Standing<T> | undefined;

/**
 * The newest built value of a derivation over one table, however much has been written since: for what is learned from
 * all rows and moves little with some of them. Waits for the first one, and sees to a new build as `DeriveStanding` does.
 * Undefined when it is larger than DERIVATION_BYTES.
 */
export type DeriveNewest = <T>(derivation: Derivation<T>) => Promise<T | undefined>;

export function defineDerivation<T, A = void>(derivation: Derivation<T, A>): Derivation<T, A> {
  return Object.freeze(derivation);
}

type Entry = { readonly value: unknown; readonly bytes: number; readonly retire: (() => void) | undefined };

export type DerivationStore = {
  /** The built value, and whether this call built it. A build that fails is forgotten; `retire` is called when the value is. */
  get<T>(
    key: string,
    build: () => Promise<T>,
    bytes: (value: T) => number,
    retire?: (value: T) => void,
  ): { value: Promise<T>; isNew: boolean };
  /**
   * Sees to a new value in place of the one that is kept, which stays in use meanwhile. Nothing happens while one is
   * built, after a failure for a second and then twice as long each time, and for three times as long as the last build took.
   */
  refresh<T>(key: string, build: () => Promise<T>, bytes: (value: T) => number): void;
  /** The value, when it is built. */
  peek<T>(key: string): { readonly value: T } | undefined;
  readonly bytes: () => number;
  /** The value is not to be used again. */
  forget(key: string): void;
  /** Forgets all. */
  clear(): void;
  /** Builds that `refresh` began and how many of them failed. */
  readonly stats: () => { readonly refreshed: number; readonly failed: number };
};

/** Values are shared while they are built and kept by size afterwards. `now` tells milliseconds. */
export function derivationStore(maxBytes: number, now = () => performance.now()): DerivationStore {
  const building = new Map<string, Promise<unknown>>();
  const paces = new Map<string, Pace>();
  const counts = { refreshed: 0, failed: 0 };
  const built = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: (entry) => Math.max(1, entry.bytes),
    dispose: (entry) => entry.retire?.(),
  });

  function start<T>(
    key: string,
    build: () => Promise<T>,
    bytes: (value: T) => number,
    retire?: (value: T) => void,
  ): Promise<T> {
    const running = building.get(key) as Promise<T> | undefined;
    if (running !== undefined) return running;
    const value = build()
      .then((done) => {
        built.set(key, { value: done, bytes: bytes(done), retire: retire && (() => retire(done)) });
        return done;
      })
      .finally(() => building.delete(key));
    building.set(key, value);
    return value;
  }

  return {
    get<T>(key: string, build: () => Promise<T>, bytes: (value: T) => number, retire?: (value: T) => void) {
      const kept = built.get(key);
      if (kept !== undefined) return { value: Promise.resolve(kept.value as T), isNew: false };
      const isNew = !building.has(key);
      return { value: start(key, build, bytes, retire), isNew };
    },
    refresh(key, build, bytes) {
      const pace = paces.get(key) ?? STEADY;
      const began = now();
      if (building.has(key) || began < pace.notBefore) return;
      counts.refreshed += 1;
      start(key, build, bytes).then(
        () => paces.set(key, afterBuild(began, now())),
        () => {
          counts.failed += 1;
          paces.set(key, afterFailure(pace, now()));
        },
      );
    },
    peek: <T>(key: string) => built.get(key) as { readonly value: T } | undefined,
    bytes: () => built.calculatedSize,
    forget: (key) => void built.delete(key),
    clear: () => built.clear(),
    stats: () => counts,
  };
}

/** When a value may be built again, and how long to wait after the next failure. */
type Pace = { readonly notBefore: number; readonly retryMs: number };

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 300_000;
const STEADY: Pace = { notBefore: 0, retryMs: FIRST_RETRY_MS };

/** Under a steady stream of writes at most a quarter of the time is spent on building. */
function afterBuild(began: number, ended: number): Pace {
  return { ...STEADY, notBefore: ended + 3 * (ended - began) };
}

function afterFailure({ retryMs }: Pace, ended: number): Pace {
  return { notBefore: ended + retryMs, retryMs: Math.min(2 * retryMs, LAST_RETRY_MS) };
}
