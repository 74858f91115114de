import { TABLE_PRIVILEGES, type Access } from './access.ts';
import { asSnowflakeError, unknownObject } from './errors.ts';
import { type Answer, plainAnswer, STATEMENT_TYPES } from './results.ts';
import type { Session } from './sessions.ts';
import { keyOf, printedName, quoteText } from './sql/names.ts';
import type { SessionCommand } from './sql/session.ts';
import { plainColumn } from './types/encode.ts';

type Show = Extract<SessionCommand, { kind: 'show' }>;
type Rows = readonly (readonly (string | null)[])[];
type Lister = (show: Show, session: Session, access: Access) => Promise<Rows>;

async function rowsOf(session: Session, text: string): Promise<string[][]> {
  const reader = await session.connection.runAndReadAll(text);
  return reader.getRows().map((row) => row.map(String));
}

const tablesOf = (session: Session) =>
  rowsOf(
    session,
    `select "TABLE_NAME", "TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_TYPE" from sf_information_schema_tables(${quoteText(session.database)}) order by all`,
  );

const databasesOf = (session: Session) =>
  rowsOf(
    session,
    "select distinct database_name from duckdb_databases() where not internal and database_name not in ('memory', 'stand_in') order by all",
  );

const schemasOf = (session: Session, database: string) =>
  rowsOf(
    session,
    `select "SCHEMA_NAME", "CATALOG_NAME" from sf_information_schema_schemata(${quoteText(database)}) order by all`,
  );

const placeName = (...parts: readonly string[]) => parts.map(printedName).join('.');

/** Each with the columns that Snowflake's own answer has, as far as the service reads them. */
const LISTS: Readonly<Record<string, { columns: readonly string[]; list: Lister }>> = {
  'GRANTS TO ROLE': {
    columns: [
      'created_on',
      'privilege',
      'granted_on',
      'name',
      'granted_to',
      'grantee_name',
      'grant_option',
      'granted_by',
    ],
    list: async ({ of }, session, access) => grantsTo(of!, session, access),
  },
  'GRANTS TO USER': {
    columns: ['created_on', 'role', 'granted_to', 'grantee_name', 'granted_by'],
    list: async ({ of }, { user }) =>
      (user.roles ?? ['PUBLIC']).map((role) => ['2026-01-01', role, 'USER', of!, 'SECURITYADMIN']),
  },
  WAREHOUSES: {
    columns: ['name', 'state', 'type', 'size', 'auto_suspend', 'auto_resume', 'resource_monitor'],
    list: async (_, { role }, access) =>
      [...access.warehouses]
        .filter(([name]) => access.has(role, 'USAGE', name))
        .map(([name, state]) => [
          name,
          state === 'STARTED' ? 'STARTED' : 'SUSPENDED',
          'STANDARD',
          'X-Small',
          '60',
          String(state !== 'SUSPENDED'),
          state === 'OVER_MONITOR' ? 'STAND_IN_MONITOR' : 'null',
        ]),
  },
  TABLES: {
    columns: ['name', 'database_name', 'schema_name', 'kind'],
    list: async (_, session) => tablesOf(session),
  },
  SCHEMAS: {
    columns: ['name', 'database_name'],
    list: async ({ inside }, session, access) =>
      (await schemasOf(session, inside ?? session.database)).filter(([schema, database]) =>
        access.has(session.role, 'USAGE', placeName(database!, schema!)),
      ),
  },
  DATABASES: {
    columns: ['name'],
    list: async (_, session, access) =>
      (await databasesOf(session)).filter(([name]) => access.has(session.role, 'USAGE', printedName(name!))),
  },
  PARAMETERS: {
    columns: ['key', 'value'],
    list: async (_, { parameters }) => [...parameters].toSorted(([a], [b]) => a.localeCompare(b)),
  },
};

async function grantsTo(role: string, session: Session, access: Access): Promise<Rows> {
  const row = (privilege: string, kind: string, name: string) => [
    '2026-01-01',
    privilege,
    kind,
    name,
    'ROLE',
    role,
    'false',
    'ACCOUNTADMIN',
  ];
  const usage = [...access.warehouses.keys()]
    .filter((name) => access.has(role, 'USAGE', name))
    .map((name) => row('USAGE', 'WAREHOUSE', name));
  const tables = await tablesOf(session);
  const grants = tables.flatMap(([name, database, schema, kind]) => {
    const key = keyOf({ database: database!, schema: schema!, name: name! });
    const held = TABLE_PRIVILEGES.filter((one) => access.has(role, one, key));
    return held.map((privilege) => row(privilege, kind === 'VIEW' ? 'VIEW' : 'TABLE', key));
  });
  const databases = (await databasesOf(session)).map(([name]) => name!);
  const schemas = (await Promise.all(databases.map((name) => schemasOf(session, name)))).flat();
  const places = [
    ...databases.map((name) => ['USAGE', 'DATABASE', placeName(name)] as const),
    ...schemas.flatMap(([schema, database]) =>
      (['USAGE', 'CREATE TABLE', 'CREATE STAGE'] as const).map(
        (privilege) => [privilege, 'SCHEMA', placeName(database!, schema!)] as const,
      ),
    ),
  ];
  const held = places
    .filter(([privilege, , name]) => access.has(role, privilege, name))
    .map(([privilege, kind, name]) => row(privilege, kind, name));
  return [...held, ...usage, ...grants];
}

export async function runShow(show: Show, session: Session, access: Access): Promise<Answer> {
  const { columns, list } = LISTS[show.what]!;
  const rows = await list(show, session, access);
  const place = Math.max(columns.indexOf('name'), 0);
  const like = show.like === undefined ? undefined : likePattern(show.like);
  const kept = like === undefined ? rows : rows.filter((row) => like.test(row[place] ?? ''));
  return plainAnswer(
    columns.map((name) => plainColumn(name)),
    kept,
    STATEMENT_TYPES.session,
  );
}

function likePattern(like: string): RegExp {
  const text = like
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${text}$`, 'i');
}

/** DESCRIBE TABLE and DESCRIBE VIEW. */
export async function runDescribe(table: Parameters<typeof keyOf>[0], session: Session): Promise<Answer> {
  const found = await rowsOf(
    session,
    `select "COLUMN_NAME", case "DATA_TYPE" when 'NUMBER' then 'NUMBER(' || "NUMERIC_PRECISION" || ',' || "NUMERIC_SCALE" || ')' when 'TEXT' then 'VARCHAR(16777216)' else "DATA_TYPE" end, 'COLUMN', case "IS_NULLABLE" when 'YES' then 'Y' else 'N' end
    from sf_information_schema_columns(${quoteText(table.database)}) where "TABLE_SCHEMA" = ${quoteText(table.schema)} and "TABLE_NAME" = ${quoteText(table.name)} order by "ORDINAL_POSITION"`,
  ).catch((error: unknown) => {
    throw asSnowflakeError(error);
  });
  if (found.length === 0) throw unknownObject(printedName(table.name), 'Table');
  return plainAnswer(
    ['name', 'type', 'kind', 'null?'].map((name) => plainColumn(name)),
    found,
    STATEMENT_TYPES.session,
  );
}
