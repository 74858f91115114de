import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';
import { WORLD_CATALOG } from '../../test/world-rows.ts';
import { versionNumbers, versionsFrom } from './versions.ts';

let folder: string;
let world: World;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'versions-'));
  writeFileSync(join(folder, 'sales.csv'), 'a,b\n1,2\n');
  world = await openWorld({
    catalog: `${WORLD_CATALOG}  sales: { file: ${JSON.stringify(join(folder, 'sales.csv'))} }\n  joined: { sql: "select 1 as one" }\n`,
  });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the version of tables', () => {
  test('of managed tables is their number, which starts at 0 and is raised by writes', async () => {
    const versions = versionsFrom(versionNumbers({ customers: 3 }), world.engine.catalog);
    expect(versions.of(['customers', 'products'])).toBe('customers:3,products:0');
    versions.raise(['products']);
    versions.raise(['products', 'customers']);
    expect(versions.of(['customers', 'products'])).toBe('customers:4,products:2');
    expect(versions.numbers(['products', 'nothing'])).toEqual({ products: 2, nothing: 0 });
  });

  test('of a derived table is that of everything: it may read anything', () => {
    const versions = versionsFrom(versionNumbers({ products: 1, customers: 3 }), world.engine.catalog);
    expect(versions.of(['joined'])).toBe('joined:customers:3,products:1');
    versions.raise(['customer_products']);
    expect(versions.of(['joined'])).toBe('joined:customer_products:1,customers:3,products:1');
  });

  test('of a file changes with its size or its time, when another takes its place, and when it is gone', async () => {
    const { of } = versionsFrom(versionNumbers({}), world.engine.catalog);
    const file = join(folder, 'sales.csv');
    const seen = [await of(['sales'])];
    expect(await of(['sales'])).toBe(seen[0]);
    writeFileSync(file, 'a,b\n1,2\n3,4\n');
    utimesSync(file, 1000, 1000);
    seen.push(await of(['sales']));
    utimesSync(file, 1000, 1000.001);
    seen.push(await of(['sales', 'customers']));
    // Another file of the same size and time.
    writeFileSync(`${file}.new`, 'a,b\n1,2\n5,6\n');
    utimesSync(`${file}.new`, 1000, 1000.001);
    renameSync(`${file}.new`, file);
    seen.push(await of(['sales']));
    rmSync(file);
    seen.push(await of(['sales']));
    expect(new Set(seen).size).toBe(5);
    expect(seen[2]).toMatch(/^sales:.*,customers:0$/);
  });
});
