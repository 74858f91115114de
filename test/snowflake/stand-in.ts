import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Access, type Privilege, type WarehouseState } from './access.ts';
import { Chunks } from './chunks.ts';
import { Engine } from './engine.ts';
import { type Fault, Faults } from './faults.ts';
import { type Route, serve } from './http.ts';
import { Locks } from './locks.ts';
import { type Settled, type StandInOptions, withDefaults } from './options.ts';
import type { World } from './perform.ts';
import { RequestLog } from './request-log.ts';
import type { Parts } from './route-parts.ts';
import { routesOf } from './routes.ts';
import { Sessions } from './sessions.ts';
import { Stages } from './stage.ts';
import { Statements } from './statements.ts';

/**
 * A stand-in for Snowflake: its REST protocol over an embedded DuckDB. For tests of the driver and of what is built on
 * it; it proves wire, binds and spelling, not Snowflake's arithmetic, which is DuckDB's here.
 *
 *     request -> fault? -> session -> run (queue, timeout, cancel) -> translate -> rights, locks -> DuckDB -> cells, chunks -> answer
 */
export type StandIn = {
  readonly url: string;
  readonly account: string;
  readonly log: RequestLog;
  readonly faults: { add(fault: Fault): void; clear(): void };
  /** Takes a privilege from a role (it has all), or gives it back. */
  revoke(role: string, privilege: Privilege, object: string): void;
  grant(role: string, privilege: Privilege, object: string): void;
  setWarehouse(name: string, state: WarehouseState): void;
  /** Puts the server's clock so far before the true time (or behind it, when negative), which logins by key notice. */
  setClockSkew(ms: number): void;
  /** Lets the tokens of all sessions run out; with `master`, those that renew them too. */
  expireSessions(master?: boolean): void;
  /** Lets all links to chunks run out. */
  expireChunks(): void;
  readonly openSessions: number;
  /** Rows of a statement in DuckDB's own spelling, over "DEMO"."PUBLIC"."T" and so on. */
  admin(text: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
};

type Inside = Omit<World, 'locks'> &
  Pick<Parts, 'sessions' | 'chunks'> & {
    readonly log: RequestLog;
    readonly faults: Faults;
    readonly skew: { ms: number };
  };

/** `extra` routes go before Snowflake's own; the process of its own has such. */
export async function openStandIn(
  options: StandInOptions = {},
  extra: (standIn: StandIn) => readonly Route[] = () => [],
): Promise<StandIn> {
  const skew = { ms: 0 };
  const settled = skewed(withDefaults(options), skew);
  const engine = await Engine.open(settled);
  const folder = mkdtempSync(join(settled.folder ?? tmpdir(), 'stages-'));
  const [log, faults, chunks, locks] = [new RequestLog(), new Faults(), new Chunks(), new Locks()];
  const [access, sessions, stages] = [
    new Access(settled.warehouses),
    new Sessions(engine, settled, locks),
    new Stages(folder),
  ];
  const routes: Route[] = [];
  const server = serve(routes, log, faults, settled.now);
  server.listen(settled.port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const statements = new Statements({ engine, stages, locks, access, settled, url }, chunks);
  const close = async () => {
    server.closeAllConnections();
    server.close();
    statements.runs.cancelAll();
    for (const session of sessions.all) await sessions.end(session);
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const standIn = controlsOf({ url, settled, skew, log, faults, access, sessions, chunks, engine, stages }, close);
  routes.push(...extra(standIn), ...routesOf({ settled, sessions, statements, chunks, stages, tokens: new Map() }));
  return standIn;
}

function skewed(settled: Settled, skew: { readonly ms: number }): Settled {
  return { ...settled, now: () => settled.now() + skew.ms };
}

function controlsOf(
  { url, settled, skew, log, faults, access, sessions, chunks, engine }: Inside,
  close: () => Promise<void>,
): StandIn {
  return {
    url,
    account: settled.account,
    log,
    faults,
    revoke: (role, privilege, object) => access.revoke(role, privilege, object),
    grant: (role, privilege, object) => access.grant(role, privilege, object),
    setWarehouse: (name, state) => access.setWarehouse(name, state),
    setClockSkew: (ms) => {
      skew.ms = ms;
    },
    expireSessions: (master) => sessions.expireAll(master),
    expireChunks: () => chunks.expireAll(),
    get openSessions() {
      return sessions.all.length;
    },
    admin: (text) => engine.admin(text),
    close,
  };
}
