import type { Lane } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import type { Derivation, DerivationContext, Standing } from './derivation.ts';
import { compileFor, type Engine } from './engine.ts';

/** Changed keys after which a standing value is built anew; until then SQL answers for them. */
const REBUILD_AT = 2_000;

/** What a build may do. It outlives the request that asked for it first, so it does not stop with that request's signal. */
export function derivationContext(
  engine: Engine,
  tenant: Tenant,
  { lane = 'heavy', name }: { readonly lane?: Lane; readonly name: string },
): DerivationContext {
  const { warehouse, settings, catalog, clock, tables: t } = engine;
  // Whoever asked first is not the only one for whom it runs.
  const tag = { analysis: name };
  return {
    t,
    d: warehouse.dialect,
    settings,
    catalog,
    clock,
    query: (fragment, maxRows) => warehouse.query(tenant, compileFor(engine, tenant, fragment), { lane, tag, maxRows }),
    stream: (fragment) => warehouse.stream(tenant, compileFor(engine, tenant, fragment), { lane, tag }),
    pack: (fragment) => warehouse.pack(tenant, compileFor(engine, tenant, fragment), { lane, tag }),
    compute: (task, input, transfer = []) => engine.compute.run(task, input, { transfer }),
    newest: (derivation) => newestOf(engine, tenant, derivation),
  };
}

/** `value` is undefined when it is larger than the whole budget: remembered, or every question would build it again. */
type Built<T> = { readonly value: T | undefined; readonly version: number; readonly state: string };

/**
 * The newest built value of a derivation over one table, with the keys that changed since. The version is read before
 * the build: what is written meanwhile counts as changed, whether the build saw it or not. Of a table that is a file or
 * other tables nobody can say which keys changed: there is none once its version is another, and of files, whose version
 * has to be looked up, there never is one. Where others write too, only they know what: there is one as long as the
 * warehouse says, and we have asked it lately, that nothing has changed; of a table of which it cannot say, none is built.
 */
export function standingOf<T>(engine: Engine, tenant: Tenant, derivation: Derivation<T>): Standing<T> | undefined {
  const [table] = derivation.reads as [string];
  const state = engine.versions.now([table]);
  if (state === undefined) return undefined;
  const built = builtOf(engine, tenant, derivation);
  const changed = built === undefined ? 'all' : changedSince(engine, table, built, state);
  if (changed === 'all' || changed.size > REBUILD_AT) buildAnew(engine, tenant, derivation, state);
  if (built?.value === undefined || changed === 'all') return undefined;
  return { value: built.value, changed };
}

/** A standing value of a stored table, for who asks about a few keys at once and again with every write. */
export type StandingKeys<T> = { readonly value: T; readonly isChanged: (key: string) => boolean };

/** The same, where what changed is not listed: however much that is, the value stays in use until the change log has lost it. */
export function standingKeysOf<T>(
  engine: Engine,
  tenant: Tenant,
  derivation: Derivation<T>,
): StandingKeys<T> | undefined {
  const [table] = derivation.reads as [string];
  const built = builtOf(engine, tenant, derivation);
  const isChanged = built === undefined ? 'all' : engine.changes.isChangedSince(table, built.version);
  if (isChanged === 'all') buildAnew(engine, tenant, derivation, engine.versions.now([table])!);
  if (built?.value === undefined || isChanged === 'all') return undefined;
  return { value: built.value, isChanged };
}

/** See `DeriveNewest`. */
export async function newestOf<T>(engine: Engine, tenant: Tenant, derivation: Derivation<T>): Promise<T | undefined> {
  const [table] = derivation.reads as [string];
  const found = engine.versions.of([table]);
  const state = typeof found === 'string' ? found : await found;
  const built = builtOf(engine, tenant, derivation);
  if (built === undefined) {
    const { build, bytes } = buildingOf(engine, tenant, derivation, state);
    return (await engine.derivations.get(keyOf(tenant, derivation), build, bytes).value).value;
  }
  const changed = changedSince(engine, table, built, state);
  if (changed === 'all' || changed.size > REBUILD_AT) buildAnew(engine, tenant, derivation, state);
  return built.value;
}

function builtOf<T>(engine: Engine, tenant: Tenant, derivation: Derivation<T>): Built<T> | undefined {
  return engine.derivations.peek<Built<T>>(keyOf(tenant, derivation))?.value;
}

function buildAnew<T>(engine: Engine, tenant: Tenant, derivation: Derivation<T>, state: string): void {
  const { build, bytes } = buildingOf(engine, tenant, derivation, state);
  engine.derivations.refresh(keyOf(tenant, derivation), build, bytes);
}

function buildingOf<T>(engine: Engine, tenant: Tenant, derivation: Derivation<T>, state: string) {
  const [table] = derivation.reads as [string];
  const build = async (): Promise<Built<T>> => {
    const version = engine.versions.numbers([table])[table]!;
    const value = await derivation.build(derivationContext(engine, tenant, derivation));
    const isKept = derivation.bytes(value) <= engine.settings.DERIVATION_BYTES;
    return { value: isKept ? value : undefined, version, state };
  };
  const bytes = ({ value }: Built<T>) => (value === undefined ? 0 : derivation.bytes(value));
  return { build, bytes };
}

function keyOf(tenant: Tenant, { name }: { readonly name: string }): string {
  return [tenant.id, 'standing', name].join('|');
}

const NOTHING: ReadonlySet<string> = new Set();

function changedSince(
  { changes, catalog, warehouse }: Engine,
  table: string,
  { version, state }: Pick<Built<unknown>, 'version' | 'state'>,
  now: string,
): ReadonlySet<string> | 'all' {
  if (warehouse.isShared) return state === now ? NOTHING : 'all';
  const isWritten = catalog.tables.get(table)?.source.kind === 'table';
  return isWritten || state === now ? changes.since(table, version) : 'all';
}
