import { Type, type TObject, type TSchema } from 'typebox';
import type { Field } from '../analysis/columns.ts';
import type { Analysis } from '../analysis/define.ts';
import { CURSOR_LENGTH } from './listing-parameters.ts';

const closed = { additionalProperties: false };
const count = (description: string) => Type.Integer({ minimum: 0, description });
const text = (description: string, maxLength = 1000) => Type.String({ maxLength, description });
const any = (description: string) => Type.Unknown({ description });

/** What every answer says about itself. */
export const MetaSchema = Type.Object(
  {
    analysis: text('Name of the analysis that answered.', 100),
    asOf: Type.String({ format: 'date', maxLength: 10, description: 'Day that the answer is about.' }),
    params: Type.Object(
      {},
      {
        additionalProperties: true,
        description:
          'Params that have a default, as they hold for this answer: which meaning each term has in it. With a segment as a filter also the gaps and limits of facts; where RFM scores have names, `rfmTableVersion`.',
      },
    ),
    rows: count('Rows in data.'),
    truncated: Type.Boolean({ description: 'True when a limit cut the answer.' }),
    warnings: Type.Array(text('A remark.'), {
      maxItems: 100,
      description: 'What a reader should know before trusting the numbers.',
    }),
    demo: Type.Optional(Type.Boolean({ description: 'True when the data is generated demo data.' })),
    columns: Type.Array(
      Type.Object(
        {
          name: text('Field.', 300),
          type: text('Type of its values.', 20),
          unit: Type.Optional(text('What it counts or measures.', 50)),
        },
        closed,
      ),
      { maxItems: 2000, description: 'Fields of the rows.' },
    ),
    dataVersion: Type.Record(Type.String(), Type.Union([Type.Integer(), text('Token of its last change.', 40)]), {
      description:
        'Version of each table read; a committed write raises it. On Snowflake the token of its last change, where it is known without asking.',
    }),
    reads: Type.Object(
      {
        tables: Type.Array(text('Table.', 300), { maxItems: 2000 }),
        columns: Type.Array(text('table.column', 600), { maxItems: 20_000 }),
      },
      { ...closed, description: 'Tables and columns that the answer was made of.' },
    ),
    cache: Type.String({
      enum: ['hit', 'miss', 'shared', 'off'],
      maxLength: 10,
      description: 'hit: kept from before; shared: another request asked the same; off: never kept.',
    }),
    timing: Type.Object(
      {
        statementMs: Type.Number({ minimum: 0 }),
        waitMs: Type.Number({ minimum: 0 }),
        bytes: Type.Optional(count('Bytes of the results of its statements, where the warehouse tells.')),
      },
      { ...closed, description: 'Milliseconds of the statements of this answer, and of waiting for a connection.' },
    ),
    built: Type.Optional(
      Type.Array(text('Derivation.', 100), {
        maxItems: 100,
        description: 'Derivations that were built for this answer.',
      }),
    ),
    explain: Type.Optional(any('Statements with binds, tables and times, when explain=true.')),
  },
  { ...closed, description: 'What the answer says about itself.' },
);

const PageSchema = Type.Object(
  {
    nextCursor: Type.Union([text('Send it as `cursor`.', CURSOR_LENGTH), Type.Null()], {
      description: 'Where the next page starts; null on the last one.',
    }),
    total: Type.Optional(count('Rows of the whole list, when total=true.')),
    facets: Type.Optional(
      Type.Array(
        Type.Object(
          {
            field: text('Field.', 300),
            values: Type.Array(
              Type.Object({ value: any('Value, null for empty.'), rows: count('Rows that have it.') }, closed),
              { maxItems: 10_000 },
            ),
            others: count('Values that are not shown.'),
          },
          closed,
        ),
        { maxItems: 2000, description: 'Values with their counts.' },
      ),
    ),
  },
  { ...closed, description: 'Where the page stands in the list.' },
);

/** The 200 response of an analysis in each of its formats. */
export function answerSchema(analysis: Analysis, fields: readonly Field[]) {
  const data = Type.Array(rowSchema(analysis, fields), { description: analysis.title });
  const page = analysis.listing === undefined ? {} : { page: Type.Optional(PageSchema) };
  const rows = Type.String({ description: 'One row a line; the first line of CSV holds the field names.' });
  return {
    description: analysis.title,
    content: {
      'application/json': { schema: Type.Object({ data, ...page, meta: MetaSchema }, closed) },
      'text/csv': { schema: rows },
      'application/x-ndjson': { schema: rows },
    },
  };
}

/** The 200 response of one row by its key. */
export function recordSchema(analysis: Analysis, fields: readonly Field[]) {
  const meta = Type.Pick(MetaSchema, ['demo', 'dataVersion']);
  return Type.Object({ data: rowSchema(analysis, fields), meta }, closed);
}

/** The row with the attributes that the catalog declares; every field is optional because of `fields=`. */
function rowSchema(analysis: Analysis, fields: readonly Field[]): TObject {
  const properties = analysis.row.properties as Record<string, TSchema>;
  const attributes = fields
    .filter(({ field }) => field.startsWith('attributes.'))
    .map(({ field, type, description }) => [field.slice(11), { ...JSON_TYPES[type], description }]);
  const rows = Object.entries(properties).map(([name, schema]) => {
    const own =
      name === 'attributes' && analysis.attributesOf !== undefined
        ? Type.Object(Object.fromEntries(attributes), closed)
        : schema;
    return [name, analysis.listing === undefined ? own : Type.Optional(own)];
  });
  return Type.Object(Object.fromEntries(rows), closed);
}

const JSON_TYPES: Readonly<Record<Field['type'], object>> = {
  text: { type: ['string', 'null'] },
  integer: { type: ['integer', 'string', 'null'] },
  decimal: { type: ['number', 'string', 'null'] },
  double: { type: ['number', 'null'] },
  boolean: { type: ['boolean', 'null'] },
  date: { type: ['string', 'null'], format: 'date' },
  timestamp: { type: ['string', 'null'] },
  json: {},
};
