import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { settingsWith } from '../../src/config/settings.ts';
import { CORE_TABLE_NAMES } from '../../src/data/catalog/core-tables.ts';
import { createTable } from '../../src/data/catalog/ddl.ts';
import { raiseDataVersions } from '../../src/data/warehouse/data-version.ts';
import { openDuckdb } from '../../src/data/warehouse/duckdb/warehouse.ts';
import { tenant } from '../../src/data/warehouse/tenant.ts';

/** A new folder for one test; files by name and content. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'service-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Customers C0, C1, ..., each with the product P and as many relationships as asked for in all. */
export async function managedData(folder: string, customers: number, relationships: number): Promise<void> {
  const spillDir = join(folder, 'processed', 'spill');
  mkdirSync(spillDir, { recursive: true });
  const settings = settingsWith({ DATA_DIR: folder, MEMORY_LIMIT: 1024 ** 3 });
  const warehouse = await openDuckdb({ settings, fileOf: () => join(folder, 'main.duckdb'), spillDir });
  await warehouse.write(tenant('default'), async (writer) => {
    for (const table of CORE_TABLE_NAMES) await writer.run(createTable(table));
    await writer.run(
      `insert into customers (customer_id, customer_name) select 'C' || i, 'Customer ' || i from range(${customers}) t(i)`,
    );
    await writer.run("insert into products (product_id, product_name) values ('P', 'Product')");
    await writer.run(`insert into customer_products (relationship_id, customer_id, product_id, start_date, value)
      select 'R' || i, 'C' || (i % ${customers}), 'P', date '2024-01-01', 1.5 from range(${relationships}) t(i)`);
    await raiseDataVersions(writer, CORE_TABLE_NAMES);
  });
  await warehouse.close();
}
