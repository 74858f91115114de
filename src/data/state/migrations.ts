/** One step of the state store's schema. `number` counts from 1 without gaps. */
export type Migration = { readonly number: number; readonly name: string; readonly sql: string };

/**
 * The schema of the state store, step by step. A step that was released is never edited, not even its white space: its
 * checksum is stored where it ran, and a store that ran another text refuses to open. Add a new step at the end.
 */
export const MIGRATIONS: readonly Migration[] = Object.freeze([
  {
    number: 1,
    name: 'secrets and import reports',
    sql: `
create table secrets (
  name text primary key,
  value blob not null,
  made_at text not null
) strict, without rowid;

create table import_reports (
  id integer primary key autoincrement,
  tenant text not null,
  started_at text not null,
  finished_at text,
  catalog_file text not null,
  outcome text not null,
  report text
) strict;

create index import_reports_by_tenant on import_reports (tenant, id);
`,
  },
  {
    number: 2,
    name: 'idempotency keys',
    sql: `
create table idempotency_keys (
  tenant text not null,
  key text not null,
  fingerprint text not null,
  target text not null,
  state text not null check (state in ('started', 'done')),
  status integer,
  headers text,
  body text,
  created_at text not null,
  primary key (tenant, key)
) strict;

create index idempotency_keys_by_age on idempotency_keys (created_at);
`,
  },
]);
