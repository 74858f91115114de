/*
 * Intermediate tables (`derived` parts of a fragment) where the engine keeps results:
 *
 *   fragment ─ its derived parts ─ kept for this version? ─┬─ yes ─ held while the statement runs
 *                                                          └─ no ── select, once for all who ask ─ kept ─ held
 *
 * Where none are kept, the select is part of each statement.
 */
import type { DerivedValue, Sql } from '../data/sql/sql.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import type { KeptTable } from '../data/warehouse/port.ts';
import { compileFor, type Engine } from './engine.ts';

/** The derived tables of one statement; they stay until `release`. */
export type HeldTables = {
  readonly builtAt: (table: DerivedValue) => readonly string[] | undefined;
  /** Names of those that were built for it. */
  readonly built: readonly string[];
  release(): void;
};

/** A kept table, and who reads it. Undefined when it is larger than the whole budget: then each statement has the select. */
type Shelved = { readonly table: KeptTable | undefined; readers: number; isRetired: boolean };

/** Distinct by name and argument. */
export function derivedIn(fragment: Sql): readonly DerivedValue[] {
  const found = new Map<string, DerivedValue>();
  for (const part of fragment.parts) if (part.kind === 'derived') found.set(keyOf(part), part);
  return [...found.values()];
}

/** Sees to the derived tables that a fragment reads. Throws what building them throws. */
export async function holdTables(engine: Engine, tenant: Tenant, fragment: Sql): Promise<HeldTables> {
  const held = new Map<string, Shelved>();
  const built: string[] = [];
  const release = () => {
    for (const shelved of held.values()) leave(shelved);
    held.clear();
  };
  try {
    for (const part of engine.warehouse.keep === undefined ? [] : derivedIn(fragment)) {
      const { shelved, isNew } = await hold(engine, tenant, part);
      held.set(keyOf(part), shelved);
      if (isNew) built.push(part.name);
    }
  } catch (error) {
    release();
    throw error;
  }
  return { builtAt: (part) => held.get(keyOf(part))?.table?.path, built, release };
}

async function hold(engine: Engine, tenant: Tenant, part: DerivedValue): Promise<{ shelved: Shelved; isNew: boolean }> {
  const found = engine.versions.of(compileFor(engine, tenant, part.select).reads.tables);
  const version = typeof found === 'string' ? found : await found;
  const key = `${tenant.id}|${keyOf(part)}|${version}`;
  for (;;) {
    const bytes = ({ table }: Shelved) => table?.bytes ?? 0;
    const { value, isNew } = engine.derivations.get(key, () => build(engine, tenant, part), bytes, retire);
    const shelved = await value;
    shelved.readers += 1;
    if (!shelved.isRetired && (await shelved.table?.isThere()) !== false) return { shelved, isNew };
    leave(shelved);
    engine.derivations.forget(key);
  }
}

async function build(engine: Engine, tenant: Tenant, part: DerivedValue): Promise<Shelved> {
  const inner = await holdTables(engine, tenant, part.select);
  try {
    const statement = compileFor(engine, tenant, part.select, inner.builtAt);
    const options = { lane: 'heavy', tag: { analysis: part.name }, key: part.key } as const;
    const table = await engine.warehouse.keep!(tenant, statement, options);
    const isKept = table.bytes <= engine.settings.DERIVATION_BYTES;
    if (!isKept) await table.drop();
    return { table: isKept ? table : undefined, readers: 0, isRetired: false };
  } finally {
    inner.release();
  }
}

function retire(shelved: Shelved): void {
  shelved.isRetired = true;
  dropUnread(shelved);
}

function leave(shelved: Shelved): void {
  shelved.readers -= 1;
  dropUnread(shelved);
}

function dropUnread({ table, readers, isRetired }: Shelved): void {
  // What cannot be dropped goes when the database is closed.
  if (isRetired && readers === 0) table?.drop().catch(() => undefined);
}

function keyOf({ name, argument }: DerivedValue): string {
  return `${name}|${argument}`;
}
