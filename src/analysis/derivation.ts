import { LRUCache } from 'lru-cache';
import type { SqlKit } from './define.ts';
import type { Sql } from '../data/sql/sql.ts';
import type { Rows } from '../data/warehouse/port.ts';

/**
 * An intermediate result that analyses share. Declared once; built at most once per tenant, data version of the tables
 * it reads and argument, whoever asks first; kept in memory within one budget, the least recently used goes first.
 */
export type Derivation<T, A = void> = {
  readonly name: string;
  readonly reads: readonly string[];
  readonly build: (context: DerivationContext, argument: A) => Promise<T>;
  /** Memory that a built value takes. */
  readonly bytes: (value: T) => number;
};

export type DerivationContext = Pick<SqlKit, 't' | 'd'> & {
  readonly query: (statement: Sql) => Promise<Rows>;
  readonly clock: () => Date;
};

export type Derive = <T, A = void>(derivation: Derivation<T, A>, ...argument: A extends void ? [] : [A]) => Promise<T>;

export function defineDerivation<T, A = void>(derivation: Derivation<T, A>): Derivation<T, A> {
  return Object.freeze(derivation);
}

type Entry = { readonly value: Promise<unknown>; bytes: number };

export type DerivationStore = {
  /** The built value, and whether this call built it. A build that fails is forgotten. */
  get<T>(key: string, build: () => Promise<T>, bytes: (value: T) => number): { value: Promise<T>; isNew: boolean };
  readonly bytes: () => number;
};

/** Values are shared while they are built and kept by size afterwards. */
export function derivationStore(maxBytes: number): DerivationStore {
  const building = new Map<string, Promise<unknown>>();
  const built = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: (entry) => Math.max(1, entry.bytes),
  });
  return {
    get<T>(key: string, build: () => Promise<T>, bytes: (value: T) => number) {
      const known = (built.get(key)?.value ?? building.get(key)) as Promise<T> | undefined;
      if (known !== undefined) return { value: known, isNew: false };
      const value = build().then(
        (done) => {
          building.delete(key);
          built.set(key, { value: Promise.resolve(done), bytes: bytes(done) });
          return done;
        },
        (error: unknown) => {
          building.delete(key);
          throw error;
        },
      );
      building.set(key, value);
      return { value, isNew: true };
    },
    bytes: () => built.calculatedSize,
  };
}
