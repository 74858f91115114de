import { type Finding, lacking, well } from '../finding.ts';
import type { Account } from './account.ts';
import { addressed } from './names.ts';
import { grantsFor, type Need, type Rights } from './rights.ts';
import { makeSchema } from './statements.ts';

const WITHOUT = 'without it nothing can be imported; all else works';

/** The schema in which imports put rows down before they are in place, and their records. */
export function serviceSchemaFinding(account: Account, schemas: readonly string[], rights: Rights): Finding {
  const { database, serviceSchema, role } = account;
  const name = addressed(database, serviceSchema);
  const needs = ['USAGE', 'CREATE TABLE', 'CREATE STAGE'].map((privilege): Need => ({
    privilege,
    kind: 'SCHEMA',
    name,
  }));
  if (!schemas.includes(serviceSchema)) {
    return lacking('service schema', `${name} is not there, or may not be used: ${WITHOUT}`, [
      makeSchema(name),
      ...grantsFor(needs, role),
    ]);
  }
  const missing = needs.filter((need) => !rights.has(need));
  if (missing.length === 0) return well('service schema', `${name} can be used`);
  const lacks = missing.map(({ privilege }) => privilege).join(', ');
  return lacking('service schema', `${name} lacks ${lacks}: ${WITHOUT}`, grantsFor(missing, role));
}
