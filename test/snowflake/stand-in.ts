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
import { type StandInOptions, withDefaults } from './options.ts';
import { RequestLog } from './request-log.ts';
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
  /** Lets the tokens of all sessions run out; with `master`, those that renew them too. */
  expireSessions(master?: boolean): void;
  /** Lets all links to chunks run out. */
  expireChunks(): void;
  readonly openSessions: number;
  /** Rows of a statement in DuckDB's own spelling, over "DEMO"."PUBLIC"."T" and so on. */
  admin(text: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
};

/** `extra` routes go before Snowflake's own; the process of its own has such. */
export async function openStandIn(
  options: StandInOptions = {},
  extra: (standIn: StandIn) => readonly Route[] = () => [],
): Promise<StandIn> {
  const settled = withDefaults(options);
  const engine = await Engine.open(settled);
  const folder = mkdtempSync(join(settled.folder ?? tmpdir(), 'stages-'));
  const [log, faults, chunks] = [new RequestLog(), new Faults(), new Chunks()];
  const [access, sessions, stages] = [
    new Access(settled.warehouses),
    new Sessions(engine, settled),
    new Stages(folder),
  ];
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const statements = new Statements({ engine, stages, locks: new Locks(), access, settled, url }, chunks);
  const routes: Route[] = [];
  const server = serve(routes, log, faults);
  server.listen(settled.port, '127.0.0.1');
  await once(server, 'listening');
  const standIn: StandIn = {
    url: url(),
    account: settled.account,
    log,
    faults,
    revoke: (role, privilege, object) => access.revoke(role, privilege, object),
    grant: (role, privilege, object) => access.grant(role, privilege, object),
    setWarehouse: (name, state) => access.setWarehouse(name, state),
    expireSessions: (master) => sessions.expireAll(master),
    expireChunks: () => chunks.expireAll(),
    get openSessions() {
      return sessions.all.length;
    },
    admin: (text) => engine.admin(text),
    async close() {
      server.closeAllConnections();
      server.close();
      statements.runs.cancelAll();
      for (const session of sessions.all) await sessions.end(session);
      engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  routes.push(...extra(standIn), ...routesOf({ settled, sessions, statements, chunks, stages, tokens: new Map() }));
  return standIn;
}
