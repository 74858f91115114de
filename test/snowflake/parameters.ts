import type { Settled } from './options.ts';
import type { Session } from './sessions.ts';

/** Parameters that the driver looks at: at login, and beside each result for how its texts are made. */
const PARAMETERS: Readonly<Record<string, string | number | boolean>> = {
  TIMEZONE: 'UTC',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
  BINARY_OUTPUT_FORMAT: 'HEX',
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 65_280,
};

/** The parameters of a session as they travel; what the account or the session has set goes before. */
export function parametersOf({ parameters }: Session, settled: Settled) {
  const own = Object.fromEntries([...parameters].filter(([name]) => name in PARAMETERS));
  return Object.entries({ ...PARAMETERS, ...settled.parameters, ...own }).map(([name, value]) => ({ name, value }));
}
