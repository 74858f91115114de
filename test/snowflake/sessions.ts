import type { DuckDBConnection } from '@duckdb/node-api';
import { randomBytes } from 'node:crypto';
import type { Engine } from './engine.ts';
import { cancelled, SnowflakeError } from './errors.ts';
import type { Locks } from './locks.ts';
import { quoteText, shownName, storedName } from './sql/names.ts';
import type { Scope } from './sql/source.ts';
import type { Settled, StandInUser } from './options.ts';

export type Session = {
  readonly id: number;
  readonly user: StandInUser;
  readonly connection: DuckDBConnection;
  readonly parameters: Map<string, string>;
  /** Keys of its temporary tables. */
  readonly temporary: Set<string>;
  /** Tables that its open transaction has changed. */
  readonly changed: Set<string>;
  token: string;
  master: string;
  expiresAt: number;
  masterExpiresAt: number;
  role: string;
  warehouse: string | undefined;
  database: string;
  schema: string;
  isInTransaction: boolean;
  /** What its open transaction has done, to be done again when DuckDB gives it up for a statement that failed. */
  readonly done: (() => Promise<unknown>)[];
  /** Aborted when the session ends: its statements do not outlive it. */
  readonly closing: AbortController;
  /** Its statements run one after another. */
  last: Promise<unknown>;
};

export type SessionNames = Pick<Session, 'role' | 'warehouse' | 'database' | 'schema'>;
const failure = (code: string, message: string) => new SnowflakeError(code, '08003', message);
const newToken = () => randomBytes(32).toString('base64');

/** Sessions by token. Codes: the driver's own list of them. */
export class Sessions {
  readonly #sessions = new Map<number, Session>();
  readonly #engine: Engine;
  readonly #settled: Settled;
  readonly #locks: Locks;
  #lastId = 0;

  constructor(engine: Engine, settled: Settled, locks: Locks) {
    this.#locks = locks;
    this.#engine = engine;
    this.#settled = settled;
  }

  async open(user: StandInUser, names: SessionNames, parameters: Iterable<[string, string]>): Promise<Session> {
    this.#lastId += 1;
    const session: Session = {
      id: this.#lastId,
      user,
      connection: await this.#engine.connect(),
      parameters: new Map(parameters),
      temporary: new Set(),
      changed: new Set(),
      token: '',
      master: '',
      expiresAt: 0,
      masterExpiresAt: 0,
      ...names,
      isInTransaction: false,
      done: [],
      closing: new AbortController(),
      last: Promise.resolve(),
    };
    this.#renewTokens(session);
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Schemas of a database, those made since the start too. */
  async schemasOf(database: string): Promise<readonly string[]> {
    const rows = await this.#engine.admin(
      `select schema_name as name from duckdb_schemas() where database_name = ${quoteText(storedName(database))}`,
    );
    return rows.map((row) => shownName((row as { name: string }).name));
  }

  /** The session of an Authorization header: 390104 without, 390111 when it is gone, 390112 when its token has run out. */
  find(authorization: string | undefined): Session {
    const token = tokenIn(authorization);
    if (token === undefined) throw failure('390104', 'Session token not found or invalid.');
    const session = [...this.#sessions.values()].find((one) => one.token === token);
    if (session === undefined)
      throw failure('390111', 'Session no longer exists. New login required to access the service.');
    if (session.expiresAt <= this.#settled.now()) {
      throw failure('390112', 'Your session has expired. Please login again to continue.');
    }
    return session;
  }

  renew(authorization: string | undefined): Session {
    const master = tokenIn(authorization);
    const session = [...this.#sessions.values()].find((one) => one.master === master);
    if (session === undefined || session.masterExpiresAt <= this.#settled.now()) {
      throw failure('390114', 'Authentication token has expired.  The user must authenticate again.');
    }
    this.#renewTokens(session);
    return session;
  }

  async end(session: Session): Promise<void> {
    this.#sessions.delete(session.id);
    session.closing.abort(cancelled());
    await session.last;
    this.#locks.release(session);
    session.connection.closeSync();
  }

  /** Lets the tokens of all sessions run out; with `master`, those that renew them too. */
  expireAll(master = false): void {
    for (const session of this.#sessions.values()) {
      session.expiresAt = 0;
      if (master) session.masterExpiresAt = 0;
    }
  }

  get all(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  #renewTokens(session: Session): void {
    const now = this.#settled.now();
    session.token = newToken();
    session.master = newToken();
    session.expiresAt = now + this.#settled.sessionSeconds * 1000;
    session.masterExpiresAt = now + this.#settled.masterSeconds * 1000;
  }
}

function tokenIn(authorization: string | undefined): string | undefined {
  return /^Snowflake Token="([^"]+)"$/.exec(authorization ?? '')?.[1];
}

export const scopeOf = ({ database, schema, temporary }: Session): Scope => ({ database, schema, temporary });

/** Tells the session's DuckDB connection what CURRENT_ROLE() and the others say. */
export async function nameSession(session: Session, settled: Settled): Promise<void> {
  const values = {
    current_role: session.role,
    current_warehouse: session.warehouse,
    current_database: session.database,
    current_schema: session.schema,
    current_account: settled.account,
    current_region: 'STAND_IN',
    current_session: String(session.id),
    current_version: '9.99.0',
    current_user: session.user.name,
  };
  for (const [name, value] of Object.entries(values)) {
    await session.connection.run(
      `set variable ${name} = ${value === undefined || value === '' ? 'null::varchar' : quoteText(value)}`,
    );
  }
}
