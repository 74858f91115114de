import { compile } from '../sql/compile.ts';
import { columns, sql } from '../sql/sql.ts';
import type { Column } from '../warehouse/port.ts';
import type { CatalogColumn } from './model.ts';
import type { Relation, Resolver } from './relation.ts';

export type Probed = Pick<CatalogColumn, 'name' | 'source'>;

/**
 * The types of columns over a relation, by asking the engine for exactly the statement that analyses will print. Only
 * the tenant's condition is left out: it holds a bound value. Throws what the port's `describe` throws.
 */
export function probe(probed: readonly Probed[], relation: Relation, resolver: Resolver): Promise<readonly Column[]> {
  const filler = {
    type: 'text',
    engineType: '',
    description: '',
    unit: undefined,
    isPersonal: false,
    isAttribute: false,
  } as const;
  const table = {
    ...relation,
    name: 'probed',
    isCore: false,
    description: '',
    columns: probed.map((column) => ({ ...filler, ...column })),
  };
  const catalog = {
    tables: new Map([[table.name, table]]),
    valueMeaning: { default: 'once', byType: {} },
    hash: '',
    file: undefined,
  } as const;
  const value = { kind: 'table', table: table.name } as const;
  const statement = compile(sql`select ${columns(value, 'p')} from ${value} p`, {
    dialect: resolver.warehouse.dialect,
    catalog,
    tenant: resolver.tenant,
    isolation: resolver.isolation === 'column' ? 'database' : resolver.isolation,
  });
  return resolver.warehouse.describe(resolver.tenant, statement.text);
}
