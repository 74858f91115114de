import type { Reads, Statement } from '../data/sql/compile.ts';
import { sql, type Sql } from '../data/sql/sql.ts';
import type { Lane, PackedStream, Rows, StatementTag, Stream } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { RunContext } from './define.ts';
import { leftOut, sayLeftOut } from './as-of.ts';
import { derivationContext, newestOf, standingOf } from './build.ts';
import { holdTables, type HeldTables } from './derived-table.ts';
import type { Derivation, Derive, DeriveNewest, DeriveStanding, Standing } from './derivation.ts';
import { customerIds } from './core-ids.ts';
import { compileFor, kitFor, type Engine } from './engine.ts';
import type { Prepared, Question } from './question.ts';
import { toObjects, type ExplainedStatement, type Timing } from './result.ts';
import { releasing, timed } from './watched-batches.ts';

/** The statements of one answer: bound to tenant, lane and signal, and remembered for meta, lineage and explain. */
export type Session = {
  query(statement: Statement, options?: { maxRows?: number; lane?: Lane }): Promise<Rows>;
  stream(statement: Statement): Promise<Stream>;
  /** Prints and runs a fragment; the intermediate tables that it reads are built before. */
  ask(fragment: Sql, options?: { maxRows?: number; lane?: Lane }): Promise<Rows>;
  askStream(fragment: Sql): Promise<Stream>;
  askPacked(fragment: Sql): Promise<PackedStream>;
  /** A limit has cut the answer. */
  cut(remark: string): void;
  /** A remark for meta.warnings. */
  say(remark: string): void;
  readonly signal: AbortSignal;
  readonly derive: Derive;
  readonly standing: DeriveStanding;
  readonly newest: DeriveNewest;
  reads(): Reads;
  timing(): Timing;
  built(): readonly string[];
  /** What was said of limits that have cut the answer. */
  cuts(): readonly string[];
  said(): readonly string[];
  explained(): readonly ExplainedStatement[];
};

/** `tag`: for whom its statements run. */
export function openSession(
  engine: Engine,
  tenant: Tenant,
  lane: Lane,
  signal: AbortSignal,
  tag?: StatementTag,
): Session {
  const ran: (ExplainedStatement & { statementMs: number })[] = [];
  const tables = new Set<string>();
  const columns = new Set<string>();
  const built: string[] = [];
  const cuts: string[] = [];
  const said: string[] = [];
  const note = (statement: Statement, { ms: statementMs, waitMs, queryId, bytes }: Ran) => {
    for (const table of statement.reads.tables) tables.add(table);
    for (const column of statement.reads.columns) columns.add(column);
    const { text, params, reads } = statement;
    const entry = { sql: text, binds: params, tables: reads.tables, statementMs, waitMs, queryId, bytes };
    ran.push(entry);
    return (ms: number) => void (entry.statementMs += ms);
  };

  async function query(statement: Statement, options: { maxRows?: number; lane?: Lane } = {}): Promise<Rows> {
    const rows = await engine.warehouse.query(tenant, statement, { lane, signal, tag, ...options });
    note(statement, rows);
    return rows;
  }

  async function held(fragment: Sql): Promise<HeldTables> {
    const tables = await holdTables(engine, tenant, fragment);
    built.push(...tables.built);
    return tables;
  }

  async function ask(fragment: Sql, options: { maxRows?: number; lane?: Lane } = {}): Promise<Rows> {
    const tables = await held(fragment);
    try {
      return await query(compileFor(engine, tenant, fragment, tables.builtAt), options);
    } finally {
      tables.release();
    }
  }

  async function stream(statement: Statement): Promise<Stream> {
    const begun = await engine.warehouse.stream(tenant, statement, { lane, signal, tag });
    const add = note(statement, { ms: 0, waitMs: begun.waitMs, queryId: begun.queryId });
    return { ...begun, batches: timed(begun.batches, add) };
  }

  async function pack(statement: Statement): Promise<PackedStream> {
    const begun = await engine.warehouse.pack(tenant, statement, { lane, signal, tag });
    const add = note(statement, { ms: 0, waitMs: begun.waitMs });
    return { ...begun, batches: timed(begun.batches, add) };
  }

  /** The tables that the fragment reads are held until the last row, or until the reader leaves. */
  async function askBatches<S extends { readonly batches: AsyncIterable<unknown> }>(
    fragment: Sql,
    begin: (statement: Statement) => Promise<S>,
  ): Promise<S> {
    const tables = await held(fragment);
    try {
      const begun = await begin(compileFor(engine, tenant, fragment, tables.builtAt));
      return { ...begun, batches: releasing(begun.batches, tables.release) };
    } catch (error) {
      tables.release();
      throw error;
    }
  }

  async function keyOf(
    derivation: { readonly name: string; readonly reads: readonly string[] },
    argument: readonly unknown[],
  ): Promise<string> {
    for (const table of derivation.reads) tables.add(table);
    const found = engine.versions.of(derivation.reads);
    const version = typeof found === 'string' ? found : await found;
    const asked = argument.length === 0 ? '' : canonicalJson(argument);
    return `${tenant.id}|${derivation.name}|${asked}|${version}`;
  }

  async function derive<T, A>(derivation: Derivation<T, A>, ...argument: unknown[]): Promise<T> {
    const key = await keyOf(derivation, argument);
    const build = () => derivation.build(derivationContext(engine, tenant, derivation), argument[0] as A);
    const { value, isNew } = engine.derivations.get(key, build, derivation.bytes);
    if (isNew) built.push(derivation.name);
    return value;
  }

  function standing<T>(derivation: Derivation<T>): Standing<T> | undefined {
    for (const table of derivation.reads) tables.add(table);
    return standingOf(engine, tenant, derivation);
  }

  function newest<T>(derivation: Derivation<T>): Promise<T | undefined> {
    for (const table of derivation.reads) tables.add(table);
    return newestOf(engine, tenant, derivation);
  }

  return {
    query,
    stream,
    ask,
    askStream: (fragment) => askBatches(fragment, stream),
    askPacked: (fragment) => askBatches(fragment, pack),
    cut: (remark) => void cuts.push(remark),
    say: (remark) => void said.push(remark),
    signal,
    derive: derive as Derive,
    standing,
    newest,
    reads: () => ({ tables: [...tables].sort(), columns: [...columns].sort() }),
    timing: () => ({
      statementMs: round(ran.reduce((sum, { statementMs }) => sum + statementMs, 0)),
      waitMs: round(ran.reduce((longest, { waitMs }) => Math.max(longest, waitMs), 0)),
      ...bytesOf(ran),
    }),
    built: () => built,
    cuts: () => cuts,
    said: () => said,
    explained: () => ran,
  };
}

type Ran = { readonly ms: number; readonly waitMs: number; queryId?: string | undefined; bytes?: number | undefined };

/** Nothing where the engine does not tell. */
function bytesOf(ran: readonly ExplainedStatement[]): { bytes?: number } {
  const told = ran.flatMap(({ bytes }) => bytes ?? []);
  return told.length === 0 ? {} : { bytes: told.reduce((sum, bytes) => sum + bytes, 0) };
}

/** The tag of the statements that answer a question. */
export function tagOf({ analysis, requestId }: Pick<Question, 'analysis' | 'requestId'>): StatementTag {
  return { analysis: analysis.name, requestId };
}

/** What the `run` of an analysis may do, in the session of its answer. */
export function runContext(engine: Engine, { asOf, saved }: Prepared, session: Session): RunContext {
  const ask = async (fragment: Sql, options: { maxRows?: number } = {}) => {
    const rows = await session.ask(fragment, options);
    return toObjects(
      rows.schema.map((column) => column.name),
      rows,
    );
  };
  return {
    ...kitFor(engine, asOf, saved),
    derive: session.derive,
    standing: session.standing,
    newest: session.newest,
    compute: (task, input, transfer) =>
      engine.compute.run(task, input, { signal: session.signal, ...(transfer && { transfer }) }),
    query: (fragment) => ask(fragment),
    stream: async (fragment) => (await session.askStream(fragment)).batches,
    pack: (fragment) => session.askPacked(fragment),
    cut: (remark) => session.cut(remark),
    say: (remark) => session.say(remark),
    async queryFew(fragment, maxRows) {
      try {
        return await ask(fragment, { maxRows });
      } catch (error) {
        if (error instanceof AppError && error.code === 'limit.rows') return undefined;
        throw error;
      }
    },
  };
}

/** The rows of a question's own statement. */
export function runStatement({ statement, fragment }: Prepared, session: Session): Promise<Rows> {
  const derived = fragment();
  return derived === undefined ? session.query(statement()!) : session.ask(derived);
}

/** What an analysis has to say about the request itself. */
export async function requestWarnings(
  engine: Engine,
  prepared: Prepared,
  session: Session,
): Promise<readonly string[]> {
  const { analysis, params, asOf, saved } = prepared;
  const out = analysis.countsLeftOut === true ? sayLeftOut(await session.derive(leftOut, { asOf }), asOf) : [];
  if (analysis.warn === undefined) return out;
  const rows = await session.ask(analysis.warn.sql(params, kitFor(engine, asOf, saved)));
  const objects = toObjects(
    rows.schema.map((column) => column.name),
    rows,
  );
  return [...out, ...analysis.warn.say(objects)];
}

/** An answer without rows is a 404 when the customer or product that the analysis is about does not exist. */
export async function requireSubject(
  engine: Engine,
  { analysis, tenant, params }: Prepared,
  session: Session,
): Promise<void> {
  if (analysis.subject === undefined) return;
  const { table, param } = analysis.subject;
  const key = params[param];
  if (typeof key !== 'string') return;
  if (table === 'customers') {
    const standing = session.standing(customerIds);
    if (standing?.value !== undefined && !standing.changed.has(key) && standing.value.has(key)) return;
  }
  const { t } = kitFor(engine, '');
  const found =
    table === 'customers'
      ? sql`select 1 as found from ${t.customers} c where c.customer_id = ${key}`
      : sql`select 1 as found from ${t.products} p where p.product_id = ${key}`;
  const rows = await session.query(compileFor(engine, tenant, found), { lane: 'fast' });
  if (rows.rowCount > 0) return;
  const kind = table === 'customers' ? 'customer' : 'product';
  throw new AppError(`${kind}.not_found`, `there is no ${kind} ${JSON.stringify(key.slice(0, 100))}`);
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
