import { Type, type Static } from 'typebox';
import { CORE_TABLE_NAMES } from '../../../data/catalog/core-tables.ts';
import {
  IMPORT_MODES,
  ON_MISSING_REFERENCE,
  ON_REJECT,
  SOURCE_ENCODINGS,
  SOURCE_FORMATS,
} from '../../../data/catalog/import-plan.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import type {
  ImportMode,
  OnMissingReference,
  OnReject,
  SourceEncoding,
  SourceFormat,
} from '../../../data/catalog/import-plan.ts';
import { ImportReport } from '../model.ts';

const words = <T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>(Type.String({ enum: [...values], maxLength: 30, description }));
const option = Type.Optional;
const text = (description: string, maxLength = 1000) => Type.String({ maxLength, description });
const maybe = <S extends Parameters<typeof Type.Array>[0]>(schema: S) => Type.Union([schema, Type.Null()]);

/** How an import is to be carried out; all of it stands in the address. */
export const ImportRequest = Type.Object(
  {
    table: option(
      words<CoreTableName>(
        CORE_TABLE_NAMES,
        'Without a catalog: the table that the one file fills. Its columns are matched by name, so an export of this service fits.',
      ),
    ),
    mode: option(
      words<ImportMode>(
        IMPORT_MODES,
        'replace: the table holds these rows and no others; append: they join those that are there; upsert: they join them, and replace those with the same id. Left out: as the catalog says, and append with table.',
      ),
    ),
    onError: option(
      words<OnReject>(
        ON_REJECT,
        'abort: one rejected row stops the import; reject: it is left out, counted and kept for download. Left out: as the catalog says, and abort with table.',
      ),
    ),
    onMissingReference: option(
      words<OnMissingReference>(
        ON_MISSING_REFERENCE,
        'Of a relationship whose customer or product does not exist. reject: it is rejected; placeholder: a row that holds only the id is stored too.',
      ),
    ),
    dryRun: option(Type.Boolean({ description: 'Check everything, store nothing.' })),
    format: option(
      words<SourceFormat>(SOURCE_FORMATS, 'With table: format of the file; told from its content when left out.'),
    ),
    encoding: option(
      words<SourceEncoding>(SOURCE_ENCODINGS, 'With table: encoding of the file; told from its content when left out.'),
    ),
    delimiter: option(
      Type.String({ minLength: 1, maxLength: 1, description: 'With table: separator of a CSV file.', examples: [';'] }),
    ),
    quote: option(Type.String({ maxLength: 1, description: 'With table: quote character of a CSV file.' })),
  },
  { additionalProperties: false },
);
export type ImportRequest = Static<typeof ImportRequest>;

export const IMPORT_STATES = Object.freeze([
  'receiving',
  'running',
  'imported',
  'checked',
  'failed',
  'cancelled',
  'interrupted',
] as const);
export type ImportState = (typeof IMPORT_STATES)[number];

export const ImportStatus = Type.Object(
  {
    id: text('The import.', 30),
    state: words<ImportState>(
      IMPORT_STATES,
      'receiving: its files arrive; running; imported: its rows are stored and served; checked: a dry run; failed, cancelled, or interrupted by the end of the service: nothing was changed.',
    ),
    phase: maybe(text('What it does now.')),
    detail: maybe(text('How far that is.')),
    rowsDone: maybe(Type.Integer({ minimum: 0, description: 'Rows that this phase has dealt with. In rows.' })),
    rejected: Type.Array(
      Type.Object(
        {
          part: text('The file or table whose rows they are.', 4096),
          reason: text('Why.', 200),
          rows: Type.Integer({ minimum: 1, description: 'How many. In rows.' }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 10_000, description: 'Rejected rows by reason, as far as they are known.' },
    ),
    catalog: text('The catalog by which rows are made, or the file of a table.', 4096),
    startedAt: text('ISO time in UTC.', 40),
    finishedAt: maybe(text('ISO time in UTC; null while it runs.', 40)),
    problem: maybe(text('Why it failed.', 10_000)),
    report: maybe(ImportReport),
  },
  { additionalProperties: false },
);
export type ImportStatus = Static<typeof ImportStatus>;
