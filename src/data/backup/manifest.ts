import { Type, type Static } from 'typebox';

/** What a backup may hold, and nothing else: names come from a file that anybody may have written. */
export const BACKUP_FILES = [
  'main.duckdb',
  'main.duckdb.wal',
  'state.sqlite',
  'catalog.yaml',
  'named-catalog.yaml',
] as const;
export type BackupFile = (typeof BACKUP_FILES)[number];

export const MANIFEST = 'manifest.json';

const closed = { additionalProperties: false };

/** One saved file. */
export const SavedFile = Type.Object(
  {
    name: Type.String({ description: 'Its name in the backup.', enum: [...BACKUP_FILES], maxLength: 30 }),
    bytes: Type.Integer({ description: 'Its size.', minimum: 0, 'x-unit': 'bytes' }),
    sha256: Type.String({ description: 'SHA-256 of its content, as hex digits.', pattern: '^[0-9a-f]{64}$' }),
  },
  closed,
);
export type SavedFile = Static<typeof SavedFile>;

/** `manifest.json` of a backup, written last: a folder without one is not a backup. */
export const Manifest = Type.Object(
  {
    format: Type.Literal(1, { description: 'Version of this document.' }),
    createdAt: Type.String({
      description: 'The data are those of this moment.',
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
      maxLength: 30,
    }),
    service: Type.String({ description: 'Version of the service that made it.', maxLength: 50 }),
    source: Type.Literal('main', { description: 'Your own data; generated demo data are not saved.' }),
    files: Type.Array(SavedFile, { description: 'What it holds.', minItems: 1, maxItems: BACKUP_FILES.length }),
    dataVersions: Type.Record(Type.String({ maxLength: 300 }), Type.Integer(), {
      description: 'Per table: how many committed writes it had seen.',
    }),
    namedCatalog: Type.Union([Type.String({ maxLength: 5000 }), Type.Null()], {
      description: 'The file that CATALOG named; its text is in named-catalog.yaml, and restore does not put it back.',
    }),
  },
  closed,
);
export type Manifest = Static<typeof Manifest>;
