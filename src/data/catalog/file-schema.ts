import { Type, type Static, type TObject } from 'typebox';
import { CORE_TABLE_NAMES, CORE_TABLES } from './core-tables.ts';
import { IMPORT_MODES, ON_MISSING_REFERENCE, ON_REJECT, SOURCE_ENCODINGS, SOURCE_FORMATS } from './import-plan.ts';
import type { CoreTableName } from './model.ts';

/**
 * The shape of a catalog file. It is written here only: the checker walks it, the docs publish it as JSON Schema.
 * `title` of a pattern says in words what the pattern allows. Rules over several fields are in table-rules.ts and
 * import-rules.ts, what needs the warehouse in resolve-table.ts.
 */
export const NAME_WORDS = 'a name of lower-case letters, digits and _, starting with a letter, at most 63 characters';
export const NAME_PATTERN = '^[a-z][a-z0-9_]{0,62}$';
const DATASET_PATTERN = `^(?!(?:${CORE_TABLE_NAMES.join('|')})$)[a-z][a-z0-9_]{0,62}$`;
const text = (description: string, maxLength = 1000) =>
  Type.String({ pattern: '\\S', title: 'text that is not empty', maxLength, description });
const sqlText = (description: string) => text(description, 100_000);
const strict = { additionalProperties: false } as const;
const record = <S extends TObject | ReturnType<typeof valueKind>>(value: S, description: string, key = NAME_PATTERN) =>
  Type.Record(Type.String({ pattern: key }), value, { ...strict, description });
const option = Type.Optional;

const wireType = (description: string) =>
  Type.Enum(['text', 'integer', 'decimal', 'double', 'boolean', 'date', 'timestamp', 'json'], { description });
const valueKind = (description: string) => Type.Enum(['once', 'monthly'], { description });
const namesOf = (table: CoreTableName) => CORE_TABLES[table].columns.map((column) => column.name);

const Attribute = Type.Object(
  {
    type: option(wireType('Type of the values. Managed: type of the stored column, text when left out.')),
    description: option(text('What the attribute says.')),
    unit: option(text('Unit of the values, such as EUR or days.', 50)),
    personal: option(Type.Boolean({ description: 'It identifies or describes a person.' })),
    column: option(text('Mapped and derived tables: the column it is read from; its own name when left out.', 255)),
    expression: option(sqlText('Mapped and derived tables: SQL over the columns of the source, instead of a column.')),
  },
  { ...strict, description: 'An extra column of a core table; answers show it as attributes.<name>.' },
);

const ColumnSource = Type.Union(
  [
    text('Name of the column in the source.', 255),
    Type.Object({ expression: sqlText('SQL over the columns of the source.') }, strict),
    Type.Null({ description: 'The source has no such column.' }),
  ],
  { description: 'Where the values of a core column come from.' },
);

const origin = {
  table: option(text('The table or view that is read: [schema.]table.', 520)),
  sql: option(sqlText('A select whose rows are the table.')),
  file: option(
    text(
      'A .csv, .csv.gz, .parquet, .json or .ndjson file, relative to the folder given with --data, else to this catalog file.',
      4096,
    ),
  ),
  delimiter: option(
    Type.String({ minLength: 1, maxLength: 1, description: 'Separator of the CSV file; guessed when left out.' }),
  ),
  description: option(text('What the table holds: one row per what.')),
  tenant_column: option(text('The column of the source that names the tenant, for ISOLATION=column.', 255)),
};

function coreFields(table: CoreTableName) {
  const columns = Object.fromEntries(namesOf(table).map((column) => [column, option(ColumnSource)]));
  return {
    ...origin,
    attributes: option(record(Attribute, 'Extra columns by their name in answers.')),
    columns: option(
      Type.Object(columns, { ...strict, description: `Core columns of ${table} and where they come from.` }),
    ),
    personal: option(
      Type.Array(Type.Enum(namesOf(table)), {
        maxItems: 50,
        description: 'Core columns that identify or describe a person, besides those that always do.',
      }),
    ),
  };
}

const ValueMeaningEntry = Type.Object(
  {
    default: option(valueKind('Meaning where `types` says nothing; once when left out.')),
    types: option(record(valueKind('Meaning for this relationship_type.'), 'Meaning by relationship_type.', '^.*$')),
  },
  { ...strict, description: 'What `value` says: an amount once on start_date, or an amount per month while active.' },
);

const coreNote = 'None of table, sql and file: managed, the service stores the rows itself.';
export const CORE_ENTRIES = {
  customers: Type.Object(coreFields('customers'), { ...strict, description: `The customers. ${coreNote}` }),
  products: Type.Object(coreFields('products'), { ...strict, description: `The products. ${coreNote}` }),
  customer_products: Type.Object(
    { ...coreFields('customer_products'), value: option(ValueMeaningEntry) },
    { ...strict, description: `The relationships. ${coreNote}` },
  ),
} satisfies Record<CoreTableName, TObject>;

export const DatasetEntry = Type.Object(
  {
    ...origin,
    personal: option(
      Type.Array(text('A column of the dataset.', 255), {
        maxItems: 1000,
        description: 'Columns that identify or describe a person.',
      }),
    ),
  },
  { ...strict, description: 'A dataset: any other table, view, select or file that may be read.' },
);

const SourceEntry = Type.Object(
  {
    file: text(
      'A CSV, JSON, NDJSON or Parquet file, also packed with gzip, relative to the folder given with --data, else to this catalog file.',
      4096,
    ),
    format: option(
      Type.Enum([...SOURCE_FORMATS], { description: 'How it is written; told by its content when left out.' }),
    ),
    encoding: option(
      Type.Enum([...SOURCE_ENCODINGS], { description: 'Encoding of a text file; told by its content when left out.' }),
    ),
    delimiter: option(
      Type.String({ minLength: 1, maxLength: 1, description: 'Separator of CSV; told by its content when left out.' }),
    ),
    quote: option(
      Type.String({
        maxLength: 1,
        description: 'Quote character of CSV, empty for none; told by its content when left out.',
      }),
    ),
    null_texts: option(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 50,
        description: 'Texts that mean null, besides the empty field.',
      }),
    ),
    columns: option(
      Type.Array(text('Name of a column.', 255), {
        minItems: 1,
        maxItems: 1000,
        description:
          'Names of the columns, for CSV without a header line. JSON: columns that are there whatever the keys are.',
      }),
    ),
  },
  {
    ...strict,
    description: 'A file that the SQL of the import reads as a table; every column is text, of Parquet as it is typed.',
  },
);

const tableImportFields = {
  sql: sqlText('A select over the sources, one row per row of the table, columns named like those of the table.'),
  filters: option(
    Type.Array(
      Type.Object(
        {
          reason: text('Word that the report counts the rows under.', 100),
          where: sqlText('Condition over the columns of `sql`.'),
        },
        { ...strict, description: 'Rows that are left out on purpose.' },
      ),
      { maxItems: 100, description: 'Rows that are left out on purpose, counted by the first reason that holds.' },
    ),
  ),
  key: option(
    Type.Array(text('A column.', 255), {
      minItems: 1,
      maxItems: 20,
      description: 'Columns that identify a row; the id when left out.',
    }),
  ),
  on_reject: option(
    Type.Enum([...ON_REJECT], {
      description:
        'reject: leave bad rows out and report them; abort (when left out): the first bad row stops the import.',
    }),
  ),
  mode: option(
    Type.Enum([...IMPORT_MODES], {
      description:
        'replace (when left out): the table holds these rows alone; append: they join the stored ones; upsert: they join them and replace those with the same id.',
    }),
  ),
  source_lines: option(
    text('A column of `sql`: the number of source lines that a row stands for. The report sums it by reason.', 255),
  ),
};
const tableImportNote = { ...strict, description: 'How the rows of a managed table are made.' };
const tableImport = option(Type.Object(tableImportFields, tableImportNote));
const relationshipImport = option(
  Type.Object(
    {
      ...tableImportFields,
      on_missing_reference: option(
        Type.Enum([...ON_MISSING_REFERENCE], {
          description:
            'For a customer or product that is not there. reject (when left out): the relationship is a bad row; placeholder: a row that holds only its id is stored with it.',
        }),
      ),
    },
    tableImportNote,
  ),
);
export const ImportsEntry = Type.Object(
  {
    sources: record(SourceEntry, 'The files, by the name that SQL calls them.'),
    tables: Type.Object(
      { customers: tableImport, products: tableImport, customer_products: relationshipImport },
      { ...strict, minProperties: 1, description: 'The managed tables that are filled.' },
    ),
  },
  { ...strict, description: 'How files become rows of managed tables.' },
);

export const CatalogFileSchema = Type.Object(
  {
    version: Type.Literal(1, { description: 'Version of this format.' }),
    tables: option(
      Type.Object(Object.fromEntries(Object.entries(CORE_ENTRIES).map(([table, entry]) => [table, option(entry)])), {
        ...strict,
        patternProperties: { [DATASET_PATTERN]: DatasetEntry },
        description: 'The core tables, and datasets under names of your own.',
      }),
    ),
    imports: option(ImportsEntry),
  },
  { ...strict, title: 'Catalog', description: 'What the service reads and how.' },
);

export type CoreEntry = Static<(typeof CORE_ENTRIES)['customer_products']>;
export type DatasetEntry = Static<typeof DatasetEntry>;
export type AttributeEntry = Static<typeof Attribute>;
export type ImportsEntry = Static<typeof ImportsEntry>;
