import type { Ask, Row } from './account.ts';
import { bare, shown } from './names.ts';
import { type Granted, grantOn } from './statements.ts';

/** A privilege on an object, whose name is as a statement writes it. */
export type Need = { readonly privilege: string; readonly kind: Granted; readonly name: string };
export type Rights = { has(need: Need): boolean };

/** What is granted to a role and to those that are granted to it; who owns an object may do all with it. */
export async function rightsOf(ask: Ask, role: string): Promise<Rights> {
  const grants = await grantsOf(ask, `role ${shown(role)}`, new Set());
  const held = new Set(grants.map((row) => `${row['privilege']} ${placeOf(row['granted_on']!)} ${bare(row['name']!)}`));
  return {
    has: ({ privilege, kind, name }) =>
      [privilege, 'OWNERSHIP'].some((one) => held.has(`${one} ${placeOf(kind)} ${bare(name)}`)),
  };
}

const PLACES = new Set(['DATABASE', 'SCHEMA', 'WAREHOUSE']);

/** Tables, views and their many kinds are one sort of thing: no two of them share a name. */
const placeOf = (kind: string) => (PLACES.has(kind) ? kind : 'TABLE');

async function grantsOf(ask: Ask, grantee: string, seen: Set<string>): Promise<readonly Row[]> {
  if (seen.has(grantee)) return [];
  seen.add(grantee);
  // Of a role below, a session may not be allowed to see the grants.
  const rows = await ask(`show grants to ${grantee}`).catch((error: unknown) => {
    if (seen.size === 1) throw error;
    return [];
  });
  const below: Row[] = [];
  for (const { privilege, granted_on: kind, name } of rows) {
    if (privilege !== 'USAGE' || !(kind === 'ROLE' || kind === 'DATABASE_ROLE')) continue;
    below.push(...(await grantsOf(ask, `${kind === 'ROLE' ? 'role' : 'database role'} ${name}`, seen)));
  }
  return [...rows, ...below];
}

/** The statements that grant what is missing, one for each object. */
export function grantsFor(needs: readonly Need[], role: string): string[] {
  const byObject = new Map<string, { kind: Granted; name: string; privileges: string[] }>();
  for (const { privilege, kind, name } of needs) {
    const key = `${kind} ${name}`;
    const grant = byObject.get(key) ?? { kind, name, privileges: [] };
    grant.privileges.push(privilege);
    byObject.set(key, grant);
  }
  return [...byObject.values()].map(({ kind, name, privileges }) => grantOn(privileges, kind, name, shown(role)));
}
