import { Type, type Static, type TSchema } from 'typebox';
import { SOURCE_ENCODINGS, SOURCE_FORMATS } from '../../data/catalog/import-plan.ts';

/**
 * What an import says while it runs: the phase that it is in, how far it is in words, and how many rows are done: sound
 * records of the file that is read, then rows stored so far.
 */
export type Progress = (phase: string, detail: string, rowsDone?: number) => void;

const strict = { additionalProperties: false } as const;
const rows = (description: string) => Type.Integer({ minimum: 0, description: `${description} In rows.` });
const text = (description: string, maxLength = 1000) => Type.String({ maxLength, description });
const list = <S extends Parameters<typeof Type.Array>[0]>(of: S, description: string) =>
  Type.Array(of, { maxItems: 1000, description });

const orNull = <S extends TSchema>(of: S, description: string) => Type.Union([of, Type.Null()], { description });

const SourceReject = Type.Object(
  {
    reason: text('Why the records were rejected, such as csv.columns.', 100),
    rows: rows('Records rejected for this reason.'),
    samples: list(
      Type.Object(
        {
          line: Type.Integer({ minimum: 1, description: 'Line of the file on which the record starts.' }),
          text: text('The record, shortened; bytes that are not UTF-8 are shown as U+FFFD.'),
        },
        strict,
      ),
      'The first of them, at most REJECT_SAMPLES.',
    ),
  },
  strict,
);

export const SourceReport = Type.Object(
  {
    name: text('Name of the source in the catalog.', 100),
    file: text('The file as the catalog names it.', 4096),
    format: Type.Enum([...SOURCE_FORMATS], { description: 'How it is written.' }),
    encoding: orNull(Type.Enum([...SOURCE_ENCODINGS]), 'Encoding of a text file; null for Parquet.'),
    compression: orNull(Type.Literal('gzip'), 'gzip, or null for a file that is not packed.'),
    delimiter: orNull(Type.String({ maxLength: 1 }), 'Separator of CSV; null for other formats.'),
    quote: orNull(Type.String({ maxLength: 1 }), 'Quote character of CSV, empty for none; null for other formats.'),
    detected: Type.Array(Type.Enum(['format', 'encoding', 'compression', 'delimiter', 'quote']), {
      maxItems: 5,
      description: 'Which of these the catalog does not say: they were told by the content.',
    }),
    rows: rows('Records of the file, header and blank lines left out: read + rejected.'),
    read: rows('Sound records.'),
    rejected: rows('Records that could not be read as a row.'),
    blankLines: Type.Integer({ minimum: 0, description: 'Lines without any content, in lines.' }),
    rejects: list(SourceReject, 'Rejected records by reason, most first.'),
  },
  strict,
);

const rowSamples = list(
  Type.Object(
    {
      row: Type.Integer({ minimum: 1, description: 'Place of the row in the answer of the mapping, from 1.' }),
      line: orNull(
        Type.Integer({ minimum: 1 }),
        'Line of the file on which it starts; null when the mapping makes its rows of more than one record.',
      ),
      values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), {
        description: 'Its columns as text, shortened.',
      }),
    },
    strict,
  ),
  'The first of them, at most REJECT_SAMPLES.',
);
const sourceLines = orNull(
  Type.Integer({ minimum: 0 }),
  'Lines of the source that these rows stand for, in lines; null when the mapping does not say it (source_lines).',
);

const TableReason = Type.Object(
  {
    reason: text('A reason of the mapping, or <column>.<problem> such as value.precision.', 200),
    rows: rows('Rows left out for this reason.'),
    sourceLines,
    samples: rowSamples,
  },
  strict,
);

const PlaceholderReport = Type.Object(
  {
    table: text('The table that got placeholders: rows that hold an id and nothing else.', 100),
    placeholders: rows('Rows added to it, one per missing id.'),
    rows: rows('Stored relationships that name one of them.'),
    sourceLines,
    ids: list(text('A missing id.', 50), 'Those that most rows name, at most REJECT_SAMPLES.'),
    samples: rowSamples,
  },
  { ...strict, description: 'Customers or products that relationships name and that are nowhere.' },
);

export const TableReport = Type.Object(
  {
    table: text('Name of the table.', 100),
    rowsIn: rows('Rows that the SQL of the mapping gave: filtered + rejected + rowsOut.'),
    filtered: rows('Rows that the mapping leaves out on purpose.'),
    rejected: rows('Rows that cannot be stored.'),
    rowsOut: rows('Rows stored, added and updated ones; placeholders are counted on their own.'),
    updated: rows('Rows stored that replaced one with the same id (mode upsert).'),
    filters: list(TableReason, 'Filtered rows by the first reason that held, in the order of the catalog.'),
    rejects: list(TableReason, 'Rejected rows by the first reason that held.'),
    valueSum: Type.Union([Type.String({ maxLength: 50 }), Type.Null()], {
      description:
        'customer_products: exact sum of value of the rows stored, as decimal text; null for the other tables.',
    }),
    placeholders: list(PlaceholderReport, 'Placeholders for what the stored rows refer to, by table.'),
    warnings: list(text('Something odd about stored rows.'), 'What is stored as it is, and should be looked at.'),
  },
  strict,
);

export const ImportReport = Type.Object(
  {
    outcome: Type.Union(
      [Type.Literal('imported'), Type.Literal('checked'), Type.Literal('failed'), Type.Literal('cancelled')],
      {
        description:
          'imported: the rows are stored; checked: a dry run, nothing was changed; failed, cancelled: nothing was changed.',
      },
    ),
    problem: Type.Union([text('Why it failed, or where it was cancelled.', 10_000), Type.Null()]),
    catalog: text('The catalog file.', 4096),
    startedAt: text('When it started, ISO time in UTC.', 40),
    seconds: Type.Number({ minimum: 0, description: 'How long it took, in seconds.' }),
    sources: list(SourceReport, 'One entry per file.'),
    tables: list(TableReport, 'One entry per table.'),
  },
  { ...strict, description: 'What an import did.' },
);

export type SourceReport = Static<typeof SourceReport>;
export type TableReport = Static<typeof TableReport>;
export type TableReason = Static<typeof TableReason>;
export type PlaceholderReport = Static<typeof PlaceholderReport>;
export type ImportReport = Static<typeof ImportReport>;
