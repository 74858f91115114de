import { CORE_TABLES } from '../../data/catalog/core-tables.ts';
import type { ManagedAttribute } from '../../data/catalog/ddl.ts';
import type {
  ImportMode,
  ImportPlan,
  ImportSource,
  OnMissingReference,
  OnReject,
} from '../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../data/catalog/model.ts';
import { duckdbDialect } from '../../data/sql/duckdb-dialect.ts';

/** What is said about a file that is imported without a catalog of its own. */
export type DirectImport = Partial<Omit<ImportSource, 'name' | 'file'>> & {
  readonly table: CoreTableName;
  /** Name of the file, as the report shows it; relative to the folder that `runImport` is given. */
  readonly file: string;
  /** Attributes that the catalog says the table has. */
  readonly attributes?: readonly ManagedAttribute[] | undefined;
  readonly mode: ImportMode;
  readonly onReject: OnReject;
  /** Of customer_products. */
  readonly onMissingReference: OnMissingReference;
};

/** The import of one file whose records are the rows of one table; columns are matched leniently (direct-mapping.ts). */
export function directPlan(direct: DirectImport): ImportPlan {
  const { table, file, attributes = [], mode, onReject, onMissingReference, ...form } = direct;
  const source: ImportSource = {
    delimiter: undefined,
    quote: undefined,
    columns: undefined,
    ...form,
    nullTexts: form.nullTexts ?? [],
    name: 'rows',
    file,
  };
  return Object.freeze({
    file,
    text: '',
    sources: [source],
    tables: [
      {
        table,
        attributes,
        sql: `select * from ${duckdbDialect.quote(source.name)}`,
        filters: [],
        key: [CORE_TABLES[table].key],
        onReject,
        mode,
        onMissingReference: table === 'customer_products' ? onMissingReference : 'reject',
        sourceLines: undefined,
        source: source.name,
      },
    ],
  });
}
