import type { Lane } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import type { Derivation, DerivationContext, Standing } from './derivation.ts';
import { compileFor, type Engine } from './engine.ts';

/** Changed keys after which a standing value is built anew; until then SQL answers for them. */
const REBUILD_AT = 2_000;

/** What a build may do. It outlives the request that asked for it first, so it does not stop with that request's signal. */
export function derivationContext(engine: Engine, tenant: Tenant, lane: Lane = 'heavy'): DerivationContext {
  const { warehouse, settings, clock, tables: t } = engine;
  return {
    t,
    d: warehouse.dialect,
    settings,
    clock,
    query: (fragment, maxRows) => warehouse.query(tenant, compileFor(engine, tenant, fragment), { lane, maxRows }),
    stream: (fragment) => warehouse.stream(tenant, compileFor(engine, tenant, fragment), { lane }),
    pack: (fragment) => warehouse.pack(tenant, compileFor(engine, tenant, fragment), { lane }),
  };
}

/** `value` is undefined when it is larger than the whole budget: remembered, or every question would build it again. */
type Built<T> = { readonly value: T | undefined; readonly version: number; readonly state: string };

/**
 * The newest built value of a derivation over one table, with the keys that changed since. The version is read before
 * the build: what is written meanwhile counts as changed, whether the build saw it or not. Of a table that is a file or
 * other tables nobody can say which keys changed: there is none once its version is another, and of files, whose version
 * has to be looked up, there never is one.
 */
export function standingOf<T>(engine: Engine, tenant: Tenant, derivation: Derivation<T>): Standing<T> | undefined {
  const [table] = derivation.reads as [string];
  const state = engine.versions.of([table]);
  if (typeof state !== 'string') return undefined;
  const key = [tenant.id, 'standing', derivation.name].join('|');
  const built = engine.derivations.peek<Built<T>>(key)?.value;
  const changed = built === undefined ? 'all' : changedSince(engine, table, built, state);
  if (changed === 'all' || changed.size > REBUILD_AT) {
    const build = async (): Promise<Built<T>> => {
      const version = engine.versions.numbers([table])[table]!;
      const value = await derivation.build(derivationContext(engine, tenant, derivation.lane));
      const isKept = derivation.bytes(value) <= engine.settings.DERIVATION_BYTES;
      return { value: isKept ? value : undefined, version, state };
    };
    const bytes = ({ value }: Built<T>) => (value === undefined ? 0 : derivation.bytes(value));
    engine.derivations.refresh(key, build, bytes);
  }
  if (built?.value === undefined || changed === 'all') return undefined;
  return { value: built.value, changed };
}

function changedSince(
  { changes, catalog }: Engine,
  table: string,
  { version, state }: Pick<Built<unknown>, 'version' | 'state'>,
  now: string,
): ReadonlySet<string> | 'all' {
  const isWritten = catalog.tables.get(table)?.source.kind === 'table';
  return isWritten || state === now ? changes.since(table, version) : 'all';
}
