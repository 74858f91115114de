import { insufficientPrivileges, noWarehouse, unknownObject, warehouseOverMonitor } from './errors.ts';
import type { Session } from './sessions.ts';
import { keyOf } from './sql/names.ts';
import type { Translated } from './sql/statement.ts';

export const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'USAGE'] as const;
export type Privilege = (typeof PRIVILEGES)[number];
/** STARTED; SUSPENDED and not resuming by itself; OVER_MONITOR: its resource monitor has stopped it. */
export type WarehouseState = 'STARTED' | 'SUSPENDED' | 'OVER_MONITOR';

const NEEDS: Readonly<Record<string, readonly Privilege[]>> = {
  insert: ['INSERT'],
  copy: ['INSERT'],
  update: ['UPDATE'],
  delete: ['DELETE'],
  merge: ['INSERT', 'UPDATE'],
};

/** What roles may not do (they may do all else), and how the warehouses are. */
export class Access {
  readonly #revoked = new Set<string>();
  readonly #warehouses: Map<string, WarehouseState>;

  constructor(warehouses: readonly string[]) {
    this.#warehouses = new Map(warehouses.map((name) => [name, 'STARTED']));
  }

  /** `object` is `DB.SCHEMA.TABLE`, as it is shown, or the name of a warehouse. */
  revoke(role: string, privilege: Privilege, object: string): void {
    this.#revoked.add(`${role} ${privilege} ${object}`);
  }

  grant(role: string, privilege: Privilege, object: string): void {
    this.#revoked.delete(`${role} ${privilege} ${object}`);
  }

  has(role: string, privilege: Privilege, object: string): boolean {
    return !this.#revoked.has(`${role} ${privilege} ${object}`);
  }

  setWarehouse(name: string, state: WarehouseState): void {
    this.#warehouses.set(name, state);
  }

  get warehouses(): ReadonlyMap<string, WarehouseState> {
    return this.#warehouses;
  }

  /** Throws unless the session's role may do this. Without SELECT an object might as well not be there; without another privilege it is said. */
  check({ role }: Session, { statement, reads }: Translated): void {
    for (const name of reads) if (!this.has(role, 'SELECT', keyOf(name))) throw unknownObject(keyOf(name));
    const target = 'target' in statement ? statement.target : undefined;
    const needed = NEEDS[statement.kind];
    if (target === undefined || needed === undefined) return;
    const key = keyOf(target);
    if (PRIVILEGES.every((one) => one === 'USAGE' || !this.has(role, one, key))) throw unknownObject(key);
    if (needed.some((one) => !this.has(role, one, key))) throw insufficientPrivileges('table', target.name);
  }

  /** Throws unless the session has a warehouse that runs; statements that read no table need none. */
  checkWarehouse({ role, warehouse }: Session): void {
    const state = warehouse === undefined ? undefined : this.#warehouses.get(warehouse);
    if (warehouse === undefined || !this.has(role, 'USAGE', warehouse)) throw noWarehouse();
    if (state === 'OVER_MONITOR') throw warehouseOverMonitor(warehouse);
    if (state !== 'STARTED') throw noWarehouse();
  }
}

export const needsWarehouse = ({ statement, reads }: Translated): boolean =>
  reads.length > 0 || statement.kind in NEEDS;
