import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../lib/app-error.ts';
import { catalogSummary } from '../catalog/catalog-summary.ts';
import { loadCatalog } from '../catalog/load.ts';
import { withManagedTables } from '../catalog/managed-tables.ts';
import type { Warehouse } from '../warehouse/port.ts';
import type { Tenant } from '../warehouse/tenant.ts';
import { type Finding, well, wrong } from './finding.ts';

/** Whether the catalog fits the warehouse: what is read from where, or a line for each mistake. */
export async function catalogFinding(
  file: string | undefined,
  warehouse: Warehouse,
  owner: Tenant,
  { ISOLATION: isolation }: Pick<Settings, 'ISOLATION'>,
): Promise<Finding> {
  try {
    const listed = await warehouse.tables(owner);
    // Without a file a start makes the tables that are missing.
    const tables = file === undefined ? withManagedTables(listed, warehouse.dialect) : listed;
    const catalog = await loadCatalog({ file, warehouse, tenant: owner, isolation, tables });
    return well('catalog', [file ?? 'built in', ...catalogSummary(catalog)].join('\n'));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return wrong('catalog', `${file ?? 'the built-in one'} does not fit`, error.detail.split('\n'));
  }
}
