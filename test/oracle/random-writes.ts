import type { World } from '../world.ts';
import type { Stored } from '../world-rows.ts';

export type RandomWrite = { readonly verb: string; readonly number: number; readonly row: Stored };

/** Writes a relationship `R<number>` to the service, and to the rows when it was accepted. */
export async function takeWrite(
  world: World,
  rows: Map<string, Stored>,
  { verb, number, row }: RandomWrite,
): Promise<void> {
  const id = `R${number}`;
  const path = `/v1/relationships/${id}`;
  const { customer_id: customerId, product_id: productId, start_date: startDate, end_date: endDate } = row;
  const body = { customerId, productId, startDate, endDate };
  const any = { 'if-match': '*' };
  const { status } =
    verb === 'create'
      ? await world.post('/v1/relationships', { relationshipId: id, ...body })
      : await world.write(verb === 'replace' ? 'PUT' : 'DELETE', path, verb === 'replace' ? body : undefined, any);
  if (status >= 300) return;
  if (verb === 'delete') rows.delete(id);
  else rows.set(id, { relationship_id: id, ...row });
}
