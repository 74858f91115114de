/*
 * What an administrator runs, in the words of deploy/snowflake/setup.sql; a test compares the two. Names are given as
 * statements write them.
 */

export type Granted = 'DATABASE' | 'SCHEMA' | 'WAREHOUSE' | 'TABLE' | 'VIEW';

export const grantOn = (privileges: readonly string[], kind: Granted, name: string, role: string): string =>
  `GRANT ${privileges.join(', ')} ON ${kind} ${name} TO ROLE ${role};`;

export const grantRole = (role: string, user: string): string => `GRANT ROLE ${role} TO USER ${user};`;

export const makeSchema = (name: string): string => `CREATE SCHEMA IF NOT EXISTS ${name};`;

/** `key`: the public key's PEM without its first and last line, on one line. */
export const setPublicKey = (user: string, place: 'RSA_PUBLIC_KEY' | 'RSA_PUBLIC_KEY_2', key: string): string =>
  `ALTER USER ${user} SET ${place} = '${key}';`;

export const enableUser = (user: string): string => `ALTER USER ${user} SET DISABLED = FALSE;`;

export const unlockUser = (user: string): string => `ALTER USER ${user} SET MINS_TO_UNLOCK = 0;`;

export const autoResume = (warehouse: string): string => `ALTER WAREHOUSE ${warehouse} SET AUTO_RESUME = TRUE;`;

export const autoSuspend = (warehouse: string): string => `ALTER WAREHOUSE ${warehouse} SET AUTO_SUSPEND = 60;`;

export const raiseQuota = (monitor: string): string =>
  `ALTER RESOURCE MONITOR ${monitor} SET CREDIT_QUOTA = <credits>;`;
