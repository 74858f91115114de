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
  {
    number: 3,
    name: 'segments and RFM tables',
    sql: `
create table segments (
  tenant text not null,
  id text not null,
  revision integer not null,
  name text not null,
  description text,
  rule text not null,
  created_at text not null,
  updated_at text not null,
  primary key (tenant, id)
) strict;

create table segment_references (
  tenant text not null,
  id text not null,
  refers_to text not null,
  primary key (tenant, id, refers_to),
  foreign key (tenant, id) references segments (tenant, id) on delete cascade,
  foreign key (tenant, refers_to) references segments (tenant, id)
) strict, without rowid;

create index segment_references_by_target on segment_references (tenant, refers_to);

create table segment_history (
  tenant text not null,
  id text not null,
  revision integer not null,
  change text not null check (change in ('created', 'replaced', 'deleted')),
  name text not null,
  description text,
  rule text not null,
  changed_at text not null,
  primary key (tenant, id, revision)
) strict;

create table segment_changes (
  tenant text primary key,
  changes integer not null
) strict, without rowid;

create table rfm_tables (
  tenant text not null,
  version integer not null,
  segments text not null,
  made_at text not null,
  primary key (tenant, version)
) strict;
`,
  },
]);
