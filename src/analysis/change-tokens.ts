import type { Catalog } from '../data/catalog/model.ts';
import { printAddress } from '../data/sql/compile.ts';
import type { Isolation } from '../data/sql/compile.ts';
import type { Warehouse } from '../data/warehouse/port.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';

/** By table the token of its last change; a table that has none is left out. Throws what the warehouse throws when it cannot be asked. */
export type ReadTokens = () => Promise<ReadonlyMap<string, string>>;

type Parts = {
  readonly warehouse: Pick<Warehouse, 'query' | 'dialect'>;
  readonly tenant: Tenant;
  readonly catalog: Pick<Catalog, 'tables'>;
  readonly isolation: Isolation;
  /** Milliseconds. */
  readonly now: () => number;
};

/** A table of which the warehouse refused to tell is asked about again after so long: rights may have been granted. */
const REFUSED_MS = 3_600_000;

/** Reads the tokens of all tables of a catalog in one statement. Views have one too: it rises with the tables below. */
export function tokenReader({ warehouse, tenant, catalog, isolation, now }: Parts): ReadTokens {
  const addresses = [...catalog.tables.values()].flatMap(({ name, source }) =>
    source.kind === 'table'
      ? [{ name, address: printAddress(source.path, { dialect: warehouse.dialect, tenant, isolation }) }]
      : [],
  );
  const refused = new Map<string, number>();

  async function read(asked: typeof addresses): Promise<readonly (readonly [string, string])[]> {
    if (asked.length === 0) return [];
    const calls = asked.map(
      ({ address }, i) => `SYSTEM$LAST_CHANGE_COMMIT_TIME(${warehouse.dialect.literal(address)}) as t${i}`,
    );
    const statement = { text: `select ${calls.join(',\n  ')}`, params: [], reads: { tables: [], columns: [] } };
    try {
      const tag = { analysis: 'data.versions' };
      const { columns } = await warehouse.query(tenant, statement, { lane: 'fast', tag });
      return asked.flatMap(({ name }, i) => {
        const token = columns[i]?.[0];
        return typeof token === 'string' || typeof token === 'number' ? [[name, String(token)] as const] : [];
      });
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (asked.length === 1) refused.set(asked[0]!.name, now());
      if (asked.length === 1) return [];
      // One table fails the statement for all of them; halves find it.
      const middle = asked.length >> 1;
      return [...(await read(asked.slice(0, middle))), ...(await read(asked.slice(middle)))];
    }
  }

  return async () => {
    const at = now();
    return new Map(await read(addresses.filter(({ name }) => at - (refused.get(name) ?? -Infinity) >= REFUSED_MS)));
  };
}

const REFUSALS: readonly string[] = ['warehouse.failed', 'warehouse.forbidden'];

/** The statement was refused: with others, or later, it would be so again. Else nobody could be asked. */
function isRefused(error: unknown): boolean {
  return error instanceof AppError && REFUSALS.includes(error.code);
}
