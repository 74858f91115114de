import { LRUCache } from 'lru-cache';
import type { Settings } from '../config/settings.ts';
import type { Catalog } from '../data/catalog/model.ts';
import type { DerivedValue, Sql, TableValue } from '../data/sql/sql.ts';
import { compile, type Statement } from '../data/sql/compile.ts';
import type { Warehouse } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import type { ComputePool } from '../lib/compute/pool.ts';
import { didYouMean } from '../lib/near-name.ts';
import { resultCache, type Cache } from './cache.ts';
import { watchingFiles } from './changed-files.ts';
import type { ChangeLog } from './change-log.ts';
import { fieldsOf, type Field } from './columns.ts';
import type { Analysis, SqlKit, Tables } from './define.ts';
import { derivationStore, type DerivationStore } from './derivation.ts';
import type { Plan } from './prepare.ts';
import type { Registry } from './registry.ts';
import { bytesOfAnswer, type Answer } from './result.ts';
import { NOTHING_SAVED, type ReadSaved, type Saved } from './saved.ts';
import type { Versions } from './versions.ts';

/** Everything that answering needs. Made once by the composition root for one catalog; a new catalog is a new engine. */
export type Engine = {
  readonly settings: Settings;
  readonly warehouse: Warehouse;
  readonly catalog: Catalog;
  readonly versions: Versions;
  readonly registry: Registry;
  readonly clock: () => Date;
  readonly isDemo: boolean;
  readonly cache: Cache<Answer>;
  readonly derivations: DerivationStore;
  readonly changes: ChangeLog;
  readonly tables: Tables;
  readonly saved: ReadSaved;
  readonly compute: ComputePool;
  /** The fields of an analysis' rows under this catalog. */
  readonly fieldsOf: (analysis: Analysis) => readonly Field[];
  /** Questions that were asked before, printed. */
  readonly plans: LRUCache<string, Plan>;
};

/** Plans hold a statement's text and what was asked, once more as text: some kilobytes each, more for long lists of ids. */
const PLAN_BYTES = 16 * 1024 * 1024;

export type EngineParts = Omit<Engine, 'cache' | 'derivations' | 'tables' | 'fieldsOf' | 'plans'>;

export function createEngine(parts: EngineParts): Engine {
  return Object.freeze({
    ...parts,
    warehouse: watchingFiles(parts.warehouse, parts.catalog),
    cache: resultCache(parts.settings.CACHE_BYTES, bytesOfAnswer),
    derivations: derivationStore(parts.settings.DERIVATION_BYTES),
    tables: tablesOf(parts.catalog),
    fieldsOf: remembered((analysis) => fieldsOf(analysis, parts.catalog)),
    plans: new LRUCache<string, Plan>({
      maxSize: PLAN_BYTES,
      sizeCalculation: (plan) => 4_000 + 4 * plan.identity.length,
    }),
  });
}

function remembered(read: (analysis: Analysis) => readonly Field[]): Engine['fieldsOf'] {
  const known = new Map<Analysis, readonly Field[]>();
  return (analysis) => {
    const fields = known.get(analysis) ?? read(analysis);
    known.set(analysis, fields);
    return fields;
  };
}

/** Prints a fragment for this engine's catalog and warehouse, in a tenant's scope. */
export function compileFor(
  engine: Engine,
  tenant: Tenant,
  fragment: Sql,
  builtAt?: (table: DerivedValue) => readonly string[] | undefined,
): Statement {
  const { catalog, settings, warehouse } = engine;
  return compile(fragment, { dialect: warehouse.dialect, catalog, tenant, isolation: settings.ISOLATION, builtAt });
}

export function kitFor(engine: Engine, asOf: string, saved: Saved = NOTHING_SAVED): SqlKit {
  return { t: engine.tables, d: engine.warehouse.dialect, catalog: engine.catalog, asOf, saved };
}

/** The catalog's tables as values for the sql tag. */
export function tablesOf(catalog: Catalog): Tables {
  const table = (name: string): TableValue => Object.freeze({ kind: 'table', table: name });
  return Object.freeze({
    customers: table('customers'),
    products: table('products'),
    customerProducts: table('customer_products'),
    dataset(name: string) {
      if (catalog.tables.has(name)) return table(name);
      throw new AppError(
        'dataset.not_found',
        `there is no dataset ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, catalog.tables.keys())}`,
      );
    },
  });
}
