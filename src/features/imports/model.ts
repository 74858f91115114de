import { Type, type Static } from 'typebox';

/** What an import says while it runs: the phase that it is in, and how far it is. */
export type Progress = (phase: string, detail: string) => void;

const strict = { additionalProperties: false } as const;
const rows = (description: string) => Type.Integer({ minimum: 0, description: `${description} In rows.` });
const text = (description: string, maxLength = 1000) => Type.String({ maxLength, description });
const list = <S extends Parameters<typeof Type.Array>[0]>(of: S, description: string) =>
  Type.Array(of, { maxItems: 1000, description });

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
    rows: rows('Records of the file, header and blank lines left out: read + rejected.'),
    read: rows('Sound records.'),
    rejected: rows('Records that could not be read as a row.'),
    blankLines: Type.Integer({ minimum: 0, description: 'Lines without any content, in lines.' }),
    rejects: list(SourceReject, 'Rejected records by reason, most first.'),
  },
  strict,
);

const TableReason = Type.Object(
  {
    reason: text('A reason of the mapping, or <column>.<problem> such as value.precision.', 200),
    rows: rows('Rows left out for this reason.'),
    samples: list(
      Type.Object(
        {
          row: Type.Integer({ minimum: 1, description: 'Place of the row in the answer of the mapping, from 1.' }),
          values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), {
            description: 'Its columns as text, shortened.',
          }),
        },
        strict,
      ),
      'The first of them, at most REJECT_SAMPLES.',
    ),
  },
  strict,
);

export const TableReport = Type.Object(
  {
    table: text('Name of the table.', 100),
    rowsIn: rows('Rows that the SQL of the mapping gave: filtered + rejected + rowsOut.'),
    filtered: rows('Rows that the mapping leaves out on purpose.'),
    rejected: rows('Rows that cannot be stored.'),
    rowsOut: rows('Rows stored.'),
    filters: list(TableReason, 'Filtered rows by the first reason that held, in the order of the catalog.'),
    rejects: list(TableReason, 'Rejected rows by the first reason that held.'),
    valueSum: Type.Union([Type.String({ maxLength: 50 }), Type.Null()], {
      description: 'customer_products: exact sum of value as decimal text; null for the other tables.',
    }),
    warnings: list(text('Something odd about stored rows.'), 'What is stored as it is, and should be looked at.'),
  },
  strict,
);

export const ImportReport = Type.Object(
  {
    outcome: Type.Union([Type.Literal('imported'), Type.Literal('checked'), Type.Literal('failed')], {
      description:
        'imported: the rows are stored; checked: a dry run, nothing was changed; failed: nothing was changed.',
    }),
    problem: Type.Union([text('Why it failed.', 10_000), Type.Null()]),
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
export type ImportReport = Static<typeof ImportReport>;
