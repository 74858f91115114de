import type { Warehouse, Writer } from '../../data/warehouse/port.ts';
import type { Tenant } from '../../data/warehouse/tenant.ts';

/** A transaction that throws what its work threw: the warehouse may translate it. */
export async function transaction<T>(
  warehouse: Pick<Warehouse, 'write'>,
  owner: Tenant,
  signal: AbortSignal | undefined,
  work: (writer: Writer) => Promise<T>,
): Promise<T> {
  let thrown: unknown;
  const noted = async (writer: Writer) => {
    try {
      return await work(writer);
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  try {
    return await warehouse.write(owner, noted, signal === undefined ? {} : { signal });
  } catch (error) {
    throw thrown ?? error;
  }
}
