import type { WireType } from '../warehouse/port.ts';

/**
 * The catalog: the warehouse described as data, resolved and checked. `load.ts` makes it from YAML and the warehouse.
 */
export type Catalog = {
  /** Core tables by `customers`, `products`, `customer_products`, and datasets by the user's names. */
  readonly tables: ReadonlyMap<string, CatalogTable>;
  readonly valueMeaning: ValueMeaning;
  /** Changes when anything does that an answer depends on; part of every cache key. */
  readonly hash: string;
  /** Where it was read from; undefined for the built-in one. */
  readonly file: string | undefined;
};

export type CoreTableName = 'customers' | 'products' | 'customer_products';

/** What `value` of a relationship says, by relationship_type: an amount on start_date, or an amount per month while active. */
export type ValueMeaning = { readonly default: ValueKind; readonly byType: Readonly<Record<string, ValueKind>> };
export type ValueKind = 'once' | 'monthly';

export type CatalogTable = {
  readonly name: string;
  /** managed: our DDL; mapped: one table, plain columns or expressions; derived: any SQL; file: a CSV, JSON or Parquet file. */
  readonly kind: 'managed' | 'mapped' | 'derived' | 'file';
  readonly isCore: boolean;
  readonly description: string;
  readonly source: TableSource;
  readonly columns: readonly CatalogColumn[];
  /** Column that names the tenant, for ISOLATION=column. */
  readonly tenantColumn: string | undefined;
};

export type TableSource =
  | { readonly kind: 'table'; readonly path: readonly string[] }
  | { readonly kind: 'sql'; readonly sql: string }
  /** `scan` is the table function that reads it (`read_csv('…')`). */
  | { readonly kind: 'file'; readonly file: string; readonly scan: string };

export type CatalogColumn = {
  /** As statements name it. Extra attributes of core tables are `attribute_<name>`; they appear in answers as `attributes.<name>`. */
  readonly name: string;
  readonly type: WireType;
  readonly engineType: string;
  readonly description: string;
  readonly unit: string | undefined;
  readonly isPersonal: boolean;
  readonly isAttribute: boolean;
  readonly source:
    | { readonly kind: 'column'; readonly column: string }
    | { readonly kind: 'expression'; readonly sql: string };
};

/** SQL name of an extra attribute. */
export function attributeColumn(name: string): string {
  return `attribute_${name}`;
}
