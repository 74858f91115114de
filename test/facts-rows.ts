import { compileFor, kitFor } from '../src/analysis/engine.ts';
import { customerFacts } from '../src/analysis/facts/facts-sql.ts';
import { DEFAULT_FACTS_OPTIONS, type FactsOptions } from '../src/analysis/facts/model.ts';
import { rowsOf } from '../src/data/warehouse/duckdb/test-warehouse.ts';
import { camelCase } from '../src/lib/names.ts';
import type { World } from './world.ts';

/** The facts of every customer as the warehouse of a world computes them, by id. */
export async function factsRows(
  { engine, warehouse, owner }: Pick<World, 'engine' | 'warehouse' | 'owner'>,
  asOf: string,
  options: Partial<FactsOptions> = {},
): Promise<Record<string, unknown>[]> {
  const fragment = customerFacts({ ...DEFAULT_FACTS_OPTIONS, ...options }, kitFor(engine, asOf));
  const found = await warehouse.query(owner, compileFor(engine, owner, fragment), { lane: 'heavy' });
  return rowsOf(found)
    .map((row) => Object.fromEntries(found.schema.map(({ name }, i) => [camelCase(name), row[i]])))
    .sort((a, b) => ((a['customerId'] as string) < (b['customerId'] as string) ? -1 : 1));
}
