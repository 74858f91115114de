import { AppError } from '../../lib/app-error.ts';

type Lists = { readonly customerIds?: readonly string[]; readonly productIds?: readonly string[] };

/** The params, when exactly one of the two lists is there. Throws request.invalid. */
export function requireOneList<P extends Lists>(params: P): P {
  if ((params.customerIds === undefined) !== (params.productIds === undefined)) return params;
  throw new AppError('request.invalid', 'send either customerIds or productIds', {
    errors: [{ pointer: '', detail: 'needs exactly one of customerIds and productIds' }],
  });
}

/** One sentence that names the ids that do not exist. */
export function sayUnknown(rows: readonly Record<string, unknown>[]): string[] {
  if (rows.length === 0) return [];
  const total = Number(rows[0]!['unknown']);
  const shown = rows.map(({ id }) => JSON.stringify(id)).join(', ');
  return [`${total} of the ids do not exist: ${shown}${total > rows.length ? ', …' : ''}`];
}

/** Sums over no relationships are 0; a mean over no owners stays null. */
export function sumsOrZero(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value ?? (name === 'relationshipsPerOwner' ? null : 0)]),
    ),
  );
}
