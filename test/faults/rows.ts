/** The three lists of the service, as the harness writes and reads them. */
export const LISTS = {
  customers: {
    param: 'customerId',
    table: 'customers',
    fields: ['customerId', 'customerName', 'customerType', 'region', 'registrationDate', 'status', 'attributes'],
  },
  products: {
    param: 'productId',
    table: 'products',
    fields: ['productId', 'productName', 'productCategory', 'productType', 'launchDate', 'status'],
  },
  relationships: {
    param: 'relationshipId',
    table: 'customer_products',
    fields: [
      'relationshipId',
      'customerId',
      'productId',
      'relationshipType',
      'startDate',
      'endDate',
      'value',
      'valueKind',
    ],
  },
} as const;
export type ListName = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(LISTS) as ListName[];

export type Attributes = Readonly<Record<string, string | null>>;
/** A record with all of its fields, in the order of the list. */
export type Row = Readonly<Record<string, string | number | null | Attributes>>;

/** A record with these values; the others are empty. `mark` is the attribute of customers by the catalog of the time. */
export function rowOf(list: ListName, values: Row, mark: string): Row {
  const known = list === 'relationships' ? { ...values, valueKind: 'once' } : values;
  const row = Object.fromEntries(LISTS[list].fields.map((field) => [field, known[field] ?? null]));
  if (list === 'customers') row['attributes'] = { [mark]: null, ...(values['attributes'] as Attributes | undefined) };
  return row;
}

/** What a client sends to make this record. */
export function bodyOf(row: Row): Row {
  const given = Object.entries(row).filter(([field, value]) => field !== 'valueKind' && value !== null);
  return Object.fromEntries(given);
}

const snake = (field: string) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A CSV file of these records. */
export function csvOf(list: ListName, rows: Iterable<Row>, mark: string): string {
  const fields = LISTS[list].fields.filter((field) => field !== 'attributes' && field !== 'valueKind');
  const extra = list === 'customers' ? [mark] : [];
  const cell = (value: unknown) => (value === null ? '' : `"${`${value as string | number}`.replaceAll('"', '""')}"`);
  const lines = [...rows].map((row) =>
    [
      ...fields.map((field) => cell(row[field])),
      ...extra.map((name) => cell((row['attributes'] as Attributes)[name])),
    ].join(','),
  );
  return `${[...fields.map(snake), ...extra].join(',')}\n${lines.join('\n')}\n`;
}

/** The catalog whose attribute of customers is `mark`, with an import of all three tables. */
export function catalogOf(mark: string, remark = ''): string {
  const sources = LIST_NAMES.map((list) => `    ${list}_file: { file: ${list}.csv }\n`).join('');
  const tables = LIST_NAMES.map((list) => `    ${LISTS[list].table}: { sql: select * from ${list}_file }\n`).join('');
  return `version: 1
tables:
  customers: { attributes: { ${mark}: { description: Mark of the import${remark}. } } }
imports:
  sources:
${sources}  tables:
${tables}`;
}
