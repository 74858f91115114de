import type { ImportOptions } from '../../../src/features/imports/service.ts';

/** The record of an import that the service knows by this name. */
export function importRecords(
  { id, startedAt }: { readonly id: string; readonly startedAt: string },
  folder: string,
): Pick<ImportOptions, 'record'> {
  return { record: (report) => ({ id, startedAt, report, plan: { file: '', text: '' }, folder }) };
}
