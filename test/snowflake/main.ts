import { parseArgs } from 'node:util';
import type { Privilege, WarehouseState } from './access.ts';
import type { Fault } from './faults.ts';
import type { Route } from './http.ts';
import type { StandInOptions } from './options.ts';
import { openStandIn, type StandIn } from './stand-in.ts';

/**
 * A stand-in as a process of its own: `node test/snowflake/main.ts --port 18080 --options '{"inlineRows":10}'`. It prints
 * its address on one line, and is controlled at /stand-in: POST with `fault`, `clear`, `warehouse`, `revoke`, `expire`, `skewMs` or `admin`;
 * GET gives the log; SIGTERM ends it.
 */
function control(standIn: StandIn): Route[] {
  const path = /^\/stand-in$/;
  return [
    {
      method: 'GET',
      path,
      kind: 'telemetry',
      answer: () => ({ body: { requests: standIn.log.requests, openSessions: standIn.openSessions } }),
    },
    {
      method: 'POST',
      path,
      kind: 'telemetry',
      answer: async ({ json }) => ({ body: { rows: await order(json as Order, standIn) } }),
    },
  ];
}

type Order = {
  readonly fault?: Fault;
  readonly clear?: true;
  readonly warehouse?: readonly [string, WarehouseState];
  readonly revoke?: readonly [string, Privilege, string];
  readonly expire?: 'sessions' | 'chunks';
  readonly skewMs?: number;
  readonly admin?: string;
};

async function order(
  { fault, clear, warehouse, revoke, expire, skewMs, admin }: Order,
  standIn: StandIn,
): Promise<readonly unknown[]> {
  if (fault !== undefined) standIn.faults.add(fault);
  if (warehouse !== undefined) standIn.setWarehouse(...warehouse);
  if (revoke !== undefined) standIn.revoke(...revoke);
  if (expire === 'sessions') standIn.expireSessions();
  if (expire === 'chunks') standIn.expireChunks();
  if (skewMs !== undefined) standIn.setClockSkew(skewMs);
  if (clear === true) {
    standIn.log.clear();
    standIn.faults.clear();
  }
  return admin === undefined ? [] : standIn.admin(admin);
}

const { values } = parseArgs({ options: { port: { type: 'string' }, options: { type: 'string' } } });
const options = JSON.parse(values.options ?? '{}') as StandInOptions;
const standIn = await openStandIn({ ...options, port: Number(values.port ?? 0) }, control);
process.on('SIGTERM', () => void standIn.close().then(() => process.exit(0)));
process.stdout.write(`${standIn.url}\n`);
