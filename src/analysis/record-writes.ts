import { CORE_TABLES } from '../data/catalog/core-tables.ts';
import type { CoreTableName } from '../data/catalog/model.ts';
import type { CompileContext } from '../data/sql/compile.ts';
import { sql, type Bind } from '../data/sql/sql.ts';
import type { Value, Writer } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { deleteOne, deleteRelated, updateOne, type Values } from '../data/writes/statements.ts';
import { targetOf, type Target } from '../data/writes/target.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedKeys } from './change-log.ts';
import type { Analysis } from './define.ts';
import { compileFor, type Engine } from './engine.ts';
import { changeFinder, replacer } from './record-changes.ts';
import { recordCreates } from './record-creates.ts';
import { recordFrom, recordStatement, type StoredRecord } from './record.ts';
import { valuesReader } from './record-values.ts';
import { writtenMeanwhile, type JoinedWrite, type WriteOperation } from './write-operation.ts';

type Body = Readonly<Record<string, unknown>>;
/** If-Match: the ETags that the client accepts, or any version. */
export type Precondition = '*' | readonly string[];

/** The writes of one list's records. Each is for the write queue: it checks, then changes one row (or, deleting with cascade, what refers to it). */
export type RecordWrites = {
  /** The body holds the id; `hasNewId` when it was made for this write, so that no row can have it. */
  create(body: Body, hasNewId?: boolean): JoinedWrite<StoredRecord>;
  replace(key: string, body: Body, match: Precondition): WriteOperation<StoredRecord>;
  /** RFC 7396. */
  patch(key: string, patch: Body, match: Precondition): WriteOperation<StoredRecord>;
  remove(key: string, match: Precondition, isCascading: boolean): WriteOperation<{ readonly relationships: number }>;
};

/** Throws catalog.read_only when the table behind the list cannot be written. */
export function recordWrites(engine: Engine, tenant: Tenant, analysis: Analysis): RecordWrites {
  const table = analysis.attributesOf!;
  const { param } = analysis.record!;
  const fields = engine.fieldsOf(analysis);
  const { catalog, settings, warehouse } = engine;
  const context: CompileContext = { catalog, tenant, dialect: warehouse.dialect, isolation: settings.ISOLATION };
  const target = targetOf(context, table);
  const creates = recordCreates(engine, tenant, analysis);
  const [valuesOf, wholeOf, changesOf] = [valuesReader(table, fields), replacer(fields), changeFinder(fields)];
  const run = (writer: Writer, { text, params }: { text: string; params: readonly Bind[] }) => writer.run(text, params);

  async function read(writer: Writer, key: string): Promise<StoredRecord> {
    const { text, params } = recordStatement(engine, tenant, analysis, key);
    return recordFrom(engine, analysis, key, await writer.query(text, params));
  }

  async function update(writer: Writer, key: string, body: Body, match: Precondition) {
    const current = await read(writer, key);
    requireMatch(current, match);
    const values = changesOf(valuesOf(withKey(body, param, key)), current);
    if (Object.keys(values).length === 0) return { value: current, changed: {} };
    await requireReferences(engine, tenant, table, values, writer);
    const rows = await run(writer, updateOne(target, key, values, readValues(target, current, table), context));
    // Read again, it is gone (404), another one (412), or still to be written.
    if (rows === 0) throw writtenMeanwhile('the record changed');
    const stored = await read(writer, key);
    return { value: stored, changed: { [table]: keysOf(table, [], current, stored) } };
  }

  return {
    create: (body, hasNewId = false) => ({ set: creates, item: { body, hasNewId } }),
    replace: (key, body, match) => (writer) => update(writer, key, wholeOf(body), match),
    // A record is flat but for its attributes: what the patch does not name stays, what it removes is null.
    patch: (key, patch, match) => (writer) => update(writer, key, patch, match),
    remove: (key, match, isCascading) => async (writer) => {
      const current = await read(writer, key);
      requireMatch(current, match);
      const related = await removeRelated(engine, tenant, table, key, isCascading, writer, context);
      const rows = await run(writer, deleteOne(target, key, readValues(target, current, table), context));
      if (rows === 0) throw writtenMeanwhile('the record changed');
      const own = { [table]: keysOf(table, [key], current) };
      const { relationships, customers } = related;
      return { value: { relationships }, changed: relationships > 0 ? { ...own, customer_products: customers } : own };
    },
  };
}

function requireMatch({ etag }: StoredRecord, match: Precondition): void {
  if (match === '*' || match.includes(etag)) return;
  throw new AppError('precondition.failed', `the record's ETag is ${etag} now`, { headers: { etag } });
}

/** The id in the body, if there is one, is the one in the address. */
function withKey(body: Body, param: string, key: string): Body {
  const given = body[param];
  if (given === undefined || given === null || given === key) return { ...body, [param]: key };
  throw new AppError('record.value', `/${param} must be ${JSON.stringify(key)} or left out: an id does not change`, {
    errors: [{ pointer: `/${param}`, detail: 'must be the id in the address' }],
  });
}

/** The core columns as they were read: what an update or a delete makes sure of. */
function readValues(target: Target, { values }: StoredRecord, table: CoreTableName): Values {
  const known = CORE_TABLES[table].columns.filter(
    ({ name }) => target.columns.get(name)?.physical !== undefined && name !== target.key.name,
  );
  const fieldOf = (column: string) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(known.map(({ name }) => [name, bindOf(values.get(fieldOf(name)) ?? null)]));
}

function bindOf(value: Value): Bind {
  return typeof value === 'number' ? String(value) : (value as Bind);
}

/** Throws record.dangling naming what does not exist. */
async function requireReferences(
  engine: Engine,
  tenant: Tenant,
  table: CoreTableName,
  values: Values,
  writer: Writer,
): Promise<void> {
  if (table !== 'customer_products') return;
  const t = engine.tables;
  const checks = [
    {
      field: 'customerId',
      id: values['customer_id'],
      found: (key: string) => sql`select 1 as found from ${t.customers} c where c.customer_id = ${key}`,
    },
    {
      field: 'productId',
      id: values['product_id'],
      found: (key: string) => sql`select 1 as found from ${t.products} p where p.product_id = ${key}`,
    },
  ];
  const errors = [];
  for (const { field, id, found } of checks) {
    if (id === undefined) continue;
    const { text, params } = compileFor(engine, tenant, found(String(id)));
    if ((await writer.query(text, params)).rowCount === 0)
      errors.push({ pointer: `/${field}`, detail: `${JSON.stringify(id)} does not exist` });
  }
  if (errors.length > 0)
    throw new AppError('record.dangling', errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '), {
      errors,
    });
}

/** Change logs of relationships go by customer; those of the other tables by the ids that came or went. */
function keysOf(table: CoreTableName, gone: readonly string[], ...records: readonly StoredRecord[]): ChangedKeys {
  return table === 'customer_products' ? records.map(({ values }) => values.get('customerId') as string) : gone;
}

/** How many relationships went with the record, and whose they were. Throws record.related when there are some and they are to stay. */
async function removeRelated(
  engine: Engine,
  tenant: Tenant,
  table: CoreTableName,
  key: string,
  isCascading: boolean,
  writer: Writer,
  context: CompileContext,
): Promise<{ relationships: number; customers: ChangedKeys }> {
  if (table === 'customer_products') return { relationships: 0, customers: [] };
  const t = engine.tables;
  const column = table === 'customers' ? 'customer_id' : 'product_id';
  const count =
    table === 'customers'
      ? sql`select count(*) as row_count from ${t.customerProducts} r where r.customer_id = ${key}`
      : sql`select count(*) as row_count from ${t.customerProducts} r where r.product_id = ${key}`;
  const { text, params } = compileFor(engine, tenant, count);
  const related = Number((await writer.query(text, params)).columns[0]![0]);
  if (related === 0) return { relationships: 0, customers: [] };
  if (!isCascading) throw new AppError('record.related', `${related} relationships refer to it`);
  const statement = deleteRelated(targetOf(context, 'customer_products'), column, key, context);
  await writer.run(statement.text, statement.params);
  return { relationships: related, customers: table === 'customers' ? [key] : 'all' };
}
