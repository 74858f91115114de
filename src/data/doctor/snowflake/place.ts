import { type Finding, well, wrong } from '../finding.ts';
import type { Account, Row } from './account.ts';
import { addressed, shown } from './names.ts';
import * as statements from './statements.ts';

export type Place = {
  readonly finding: Finding;
  /** Schemas of the database that the role sees; undefined without the database. */
  readonly schemas: readonly string[] | undefined;
};

const namesIn = (rows: readonly Row[]) => rows.map((row) => row['name']!);

/** Whether database and schema are there. Snowflake does not tell what is not there from what the role may not see. */
export async function placeOf({ ask, role, database, schema }: Account): Promise<Place> {
  const to = shown(role);
  const databases = namesIn(await ask('show databases'));
  if (!databases.includes(database)) {
    const says = `database ${shown(database)} is not there, or role ${to} may not use it; it sees ${listed(databases)}`;
    const advice = [
      statements.grantOn(['USAGE'], 'DATABASE', shown(database), to),
      statements.grantOn(['USAGE'], 'SCHEMA', addressed(database, schema), to),
    ];
    return { finding: wrong('database', says, advice), schemas: undefined };
  }
  const schemas = namesIn(await ask(`show schemas in database ${shown(database)}`));
  if (schemas.includes(schema)) return { finding: well('database', addressed(database, schema)), schemas };
  const seen = listed(schemas.filter((name) => name !== 'INFORMATION_SCHEMA'));
  const says = `schema ${addressed(database, schema)} is not there, or role ${to} may not use it; it sees ${seen}`;
  const advice = [statements.grantOn(['USAGE'], 'SCHEMA', addressed(database, schema), to)];
  return { finding: wrong('database', says, advice), schemas };
}

const MOST_NAMES = 5;

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).map(shown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
