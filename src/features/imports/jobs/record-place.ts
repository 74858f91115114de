import type { Settings } from '../../../config/settings.ts';
import { duckdbDialect } from '../../../data/sql/duckdb-dialect.ts';
import type { Dialect } from '../../../data/sql/dialect.ts';
import { snowflakeDialect } from '../../../data/sql/snowflake-dialect.ts';
import { storedName } from '../../../data/sql/snowflake-names.ts';

/** The schema of the service itself, where the record of an import lies: named as the engine stores it. */
export type ServicePlace = { readonly schema: string; readonly dialect: Dialect };

/** In a database of our own. */
export const OWN_PLACE: ServicePlace = Object.freeze({ schema: 'service', dialect: duckdbDialect });

/** In an account; a plain name means its upper case there, as in a statement. */
export function accountPlace(settings: Pick<Settings, 'SNOWFLAKE_SERVICE_SCHEMA'>): ServicePlace {
  return Object.freeze({ schema: storedName(settings.SNOWFLAKE_SERVICE_SCHEMA), dialect: snowflakeDialect });
}

/** A thing of ours in that schema, as it is written in a statement. */
export function inPlace({ schema, dialect }: ServicePlace, name: string): string {
  return `${dialect.quote(schema)}.${dialect.name(name)}`;
}
