import { AppError } from '../../lib/app-error.ts';
import type { Isolation } from '../sql/compile.ts';
import { loadCatalog } from './load.ts';
import { TEST_TENANT, testFolder, testWarehouse } from './test-warehouse.ts';

/** Tables of a small company, as it made them. */
export const WORLD = [
  'create schema crm',
  'create table crm.clients (client_no bigint, full_name varchar, tier varchar, turnover decimal(12,2), vip boolean, since timestamp, uid uuid, home varchar)',
  'create table crm.product_master (sku varchar, title varchar, launched date, tenant varchar)',
  'create table sales (id bigint, client_no bigint, sku varchar, kind varchar, sold date, amount double, "Tenant" varchar)',
  'create view sales_view as select * from sales',
];
const FILES = {
  'orders.csv': 'id;amount;day\n1;2.5;2024-01-31\n',
  'events.ndjson': '{"id":1,"tags":["a"]}\n',
  'list.json': '[{"id":1}]',
  "it's.csv": 'a,b\n1,2\n',
  'broken.parquet': 'not parquet',
};

/** A catalog over them without mistakes. */
export const MAPPED = `version: 1
tables:
  customers:
    table: CRM.clients
    description: Clients of the company.
    columns:
      customer_id: Client_No
      customer_name: { expression: trim(full_name) }
      registration_date: since
      status: null
    attributes:
      tier: { description: Level of service, personal: true }
      is_big: { expression: "turnover > 1000000", type: boolean }
      turnover: { type: decimal, unit: EUR }
      uid: {}
      vip: { type: integer }
    personal: [region]
  products:
    table: crm.product_master
    columns: { product_id: sku, product_name: title, launch_date: launched }
    tenant_column: Tenant
  customer_products:
    sql: |
      select id as relationship_id, client_no as customer_id, sku as product_id, kind as relationship_type,
             sold as start_date, amount as value, kind as extra
      from sales;
    attributes: { extra: {} }
    value: { default: once, types: { "it's": monthly } }
  raw_sales: { table: sales_view, personal: [client_no], tenant_column: tenant }
  orders: { file: orders.csv, delimiter: ";", description: Orders of the old shop. }
  events: { file: events.ndjson }
  list: { file: list.json }
  quoted: { file: it's.csv }
  big: { sql: "select sku, count(*) as n from sales group by sku" }
`;

/** A warehouse with these tables, a folder with files, and how a catalog in that folder is loaded. */
export async function openWorld(further: readonly string[] = []) {
  const files = testFolder(FILES);
  const warehouse = await testWarehouse([...WORLD, ...further]);
  const file = files.path('catalog.yaml');
  const load = (text: string, isolation: Isolation = 'database', importFolder?: string) =>
    loadCatalog({ file, text, warehouse, tenant: TEST_TENANT, isolation, importFolder });
  return {
    files,
    warehouse,
    load,
    /** The lines of its mistakes, the file called c. */
    async problemsOf(text: string, isolation?: Isolation, importFolder?: string): Promise<string[]> {
      try {
        await load(text, isolation, importFolder);
        return [];
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'catalog.invalid') throw error;
        return error.detail.replaceAll(file, 'c').split('\n');
      }
    },
    async close() {
      await warehouse.close();
      files.remove();
    },
  };
}
