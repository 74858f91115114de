import type { StatementTag } from '../port.ts';
import type { Tenant } from '../tenant.ts';

/** Longest part of a tag: all of them, however they are escaped, stay within the 2,000 characters that QUERY_TAG takes. */
const PART = 128;

/** QUERY_TAG of a statement: JSON, so that the account's own history of statements can be summed by analysis and tenant. */
export function queryTag(tenant: Tenant, { analysis, requestId }: StatementTag = {}): string {
  const cut = (text: string | undefined) => text?.slice(0, PART).toWellFormed();
  return JSON.stringify({
    service: 'customer-analytics',
    analysis: cut(analysis),
    tenant: tenant.id,
    requestId: cut(requestId),
  });
}
