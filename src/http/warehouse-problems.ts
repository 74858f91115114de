import type { Warehouse } from '../data/warehouse/port.ts';
import type { ErrorCode } from '../lib/error-catalog.ts';

/** The problems of every route that asks the warehouse, beside its own. An account may also be out of reach, suspended or closed to us. */
export function warehouseProblems({ isShared }: Pick<Warehouse, 'isShared'>): readonly ErrorCode[] {
  const ofAccount = ['warehouse.unavailable', 'warehouse.suspended', 'warehouse.forbidden'] as const;
  return ['warehouse.busy', 'statement.timeout', ...(isShared ? ofAccount : [])];
}
