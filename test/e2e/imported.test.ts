import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referenceData } from '../reference-data.ts';
import { folderWith } from './data-folder.ts';
import { jsonOf, processOf, PROJECT, service } from './service-process.ts';

const CATALOG = `version: 1
tables:
  customers:
    attributes:
      loyalty: { type: integer, description: Points., unit: points }
  customer_products:
    value:
      default: once
      types: { plan: monthly }
imports:
  sources:
    people: { file: people.csv }
    goods: { file: goods.csv }
    deals: { file: deals.csv }
  tables:
    customers:
      sql: select id as customer_id, name as customer_name, cast(points as integer) as loyalty from people
    products:
      sql: select id as product_id, name as product_name from goods
    customer_products:
      sql: |
        select id as relationship_id, person as customer_id, good as product_id, kind as relationship_type,
          cast(day as date) as start_date, cast(price as decimal(15, 2)) as value
        from deals
`;
const FILES = {
  'catalog.yaml': CATALOG,
  'people.csv': 'id,name,points\nA,"Ånn, ""A""",7\nB,Bo,\n',
  'goods.csv': 'id,name\nT,Tea\nL,Line\n',
  'deals.csv':
    'id,person,good,kind,day,price\n1,A,T,sale,2024-01-05,10.25\n2,A,L,plan,2024-02-01,5\n3,B,T,sale,2024-03-01,1\n',
};

/** Imports into a new DATA_DIR, and gives it. */
async function imported(catalog: string, data: string): Promise<string> {
  const dataDir = join(folderWith(), 'data');
  const { code, said } = await processOf('cli', ['import', '--catalog', catalog, '--data', data], { DATA_DIR: dataDir })
    .ended;
  expect(code, said).toBe(0);
  return dataDir;
}

test('what was imported is served from the next start on: attributes, meaning of value, no demo', async () => {
  const folder = folderWith(FILES);
  const dataDir = await imported(join(folder, 'catalog.yaml'), folder);
  const running = service(dataDir);
  const address = await running.serves();
  expect(running.said()).toContain(`customer-analytics serves ${join(dataDir, 'main.duckdb')}`);
  const customers = await jsonOf(`${address}/v1/customers?attributes.loyalty[gt]=3`);
  expect(customers.data).toMatchObject([{ customerId: 'A', customerName: 'Ånn, "A"', attributes: { loyalty: 7 } }]);
  expect([customers.meta['demo'], customers.meta['asOf']]).toEqual([undefined, '2024-03-01']);
  const columns = customers.meta['columns'] as readonly { name: string; unit?: string }[];
  expect(columns).toContainEqual({ name: 'attributes.loyalty', type: 'integer', unit: 'points' });
  const { data } = await jsonOf(`${address}/v1/customers/A/products?sort=productId`);
  expect(data).toMatchObject([
    { productId: 'L', productName: 'Line', valueOnce: 0, valueMonthly: 5 },
    { productId: 'T', productName: 'Tea', valueOnce: 10.25, valueMonthly: 0 },
  ]);
  const [, tried] = await running.until(({ said }) => /^ {2}curl '(\S+)'$/m.exec(said));
  expect((await jsonOf(tried!)).data.length).toBeGreaterThan(0);
  expect(existsSync(join(dataDir, 'demo.duckdb'))).toBe(false);
});

test('an import under a running service is refused with words, and changes nothing', async () => {
  const folder = folderWith(FILES);
  const dataDir = await imported(join(folder, 'catalog.yaml'), folder);
  const address = await service(dataDir).serves();
  const args = ['import', '--catalog', join(folder, 'catalog.yaml')];
  const { code, said } = await processOf('cli', args, { DATA_DIR: dataDir }).ended;
  expect(code).toBe(1);
  expect(said).toContain('Nothing was changed. A service that runs on this DATA_DIR imports by itself');
  expect((await jsonOf(`${address}/v1/customers`)).data).toHaveLength(2);
});

const summaryOf = async (address: string) => (await jsonOf(`${address}/v1/analyses/ownership.summary`)).data[0];

const northwind = referenceData('northwind');
test.skipIf(northwind === undefined)('Northwind: 91 customers, 77 products, 2,155 order lines', async () => {
  const dataDir = await imported(`${PROJECT}examples/northwind/catalog.yaml`, northwind!);
  const address = await service(dataDir).serves();
  expect(await summaryOf(address)).toMatchObject({
    customers: 91,
    products: 77,
    relationships: 2155,
    unknownProducts: 0,
  });
  const { data } = await jsonOf(`${address}/v1/customers/ALFKI`);
  expect(data).toMatchObject({ customerName: 'Alfreds Futterkiste', attributes: { city: 'Berlin' } });
});

const telco = referenceData('telco');
test.skipIf(telco === undefined)('Telco: 29,202 services whose monthly charges sum to 456,116.60', async () => {
  const dataDir = await imported(`${PROJECT}examples/telco/catalog.yaml`, telco!);
  const address = await service(dataDir).serves();
  expect(await summaryOf(address)).toMatchObject({ customers: 7043, products: 10, relationships: 29_202 });
  const response = await fetch(`${address}/v1/relationships?format=ndjson&fields=value`);
  const values = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { value: number }).value);
  expect(values.reduce((sum, value) => sum + Math.round(value * 100), 0)).toBe(45_611_660);
  const { data } = await jsonOf(`${address}/v1/customers/7590-VHVEG/products?ownership=ever`);
  expect(data.every(({ valueOnce }) => valueOnce === 0)).toBe(true);
});
