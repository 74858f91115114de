import { insufficientPrivileges, noDatabase, noWarehouse, unknownObject, warehouseOverMonitor } from './errors.ts';
import type { Session } from './sessions.ts';
import { keyOf, type ObjectName, printedName } from './sql/names.ts';
import type { Translated } from './sql/statement.ts';

export const TABLE_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const;
export type Privilege = (typeof TABLE_PRIVILEGES)[number] | 'USAGE' | 'CREATE TABLE' | 'CREATE STAGE';
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

  /** `object` is `DB.SCHEMA.TABLE`, as it is shown; `DB`, `DB.SCHEMA` or the name of a warehouse for USAGE; `DB.SCHEMA` for CREATE TABLE. */
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
    const named = 'target' in statement && statement.target !== undefined ? [...reads, statement.target] : reads;
    for (const name of named) this.#checkUsage(role, name);
    for (const name of reads) if (!this.has(role, 'SELECT', keyOf(name))) throw unknownObject(keyOf(name));
    const target = 'target' in statement ? statement.target : undefined;
    if (statement.kind === 'define' && target !== undefined && !this.has(role, 'CREATE TABLE', schemaOf(target))) {
      throw insufficientPrivileges('schema', target.schema);
    }
    const needed = NEEDS[statement.kind];
    if (target === undefined || needed === undefined) return;
    const key = keyOf(target);
    if (TABLE_PRIVILEGES.every((one) => !this.has(role, one, key))) throw unknownObject(key);
    if (needed.some((one) => !this.has(role, one, key))) throw insufficientPrivileges('table', target.name);
  }

  #checkUsage(role: string, name: ObjectName): void {
    if (name.database === '') throw noDatabase();
    if (!this.has(role, 'USAGE', name.database)) throw unknownObject(printedName(name.database), 'Database');
    if (!this.has(role, 'USAGE', schemaOf(name))) throw unknownObject(schemaOf(name), 'Schema');
  }

  /** Throws unless the session has a warehouse that runs; statements that read no table need none. */
  checkWarehouse({ role, warehouse }: Session): void {
    const state = warehouse === undefined ? undefined : this.#warehouses.get(warehouse);
    if (warehouse === undefined || !this.has(role, 'USAGE', warehouse)) throw noWarehouse();
    if (state === 'OVER_MONITOR') throw warehouseOverMonitor(warehouse);
    if (state !== 'STARTED') throw noWarehouse();
  }
}

const schemaOf = ({ database, schema }: ObjectName) => `${printedName(database)}.${printedName(schema)}`;

/** Statements over no table, as of the session's own state, need none. */
export const needsWarehouse = ({ statement, reads, calls }: Translated): boolean =>
  reads.length > 0 || calls.has('GENERATOR') || statement.kind in NEEDS;
