import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsWith } from '../../config/settings.ts';
import { openDuckdb } from '../warehouse/duckdb/warehouse.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { tenant } from '../warehouse/tenant.ts';

/** A warehouse on a database of its own, in memory unless a file is named, with what the statements make. One tenant sees it. */
export async function testWarehouse(statements: readonly string[] = [], file = ':memory:'): Promise<Warehouse> {
  const settings = settingsWith({
    THREADS: 1,
    MEMORY_LIMIT: 256 * 1024 ** 2,
    FAST_CONNECTIONS: 1,
    HEAVY_CONNECTIONS: 1,
  });
  const warehouse = await openDuckdb({ settings, fileOf: () => file, spillDir: join(tmpdir(), 'catalog-spill') });
  await warehouse.write(TEST_TENANT, async (writer) => {
    for (const statement of statements) await writer.run(statement);
  });
  return warehouse;
}

export const TEST_TENANT = tenant('acme');

/** A folder with files by name, and what removes it. */
export function testFolder(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return { folder, path: (name: string) => join(folder, name), remove: () => rmSync(folder, { recursive: true }) };
}
