import type { Settings } from '../../src/config/settings.ts';
import type { StandIn } from './stand-in.ts';

/** What a service has to be told to use a stand-in as its account. */
export function accountSettings({ account, url }: Pick<StandIn, 'account' | 'url'>) {
  return {
    WAREHOUSE: 'snowflake',
    SNOWFLAKE_ACCOUNT: account,
    SNOWFLAKE_ACCESS_URL: url,
    SNOWFLAKE_USER: 'tester',
    SNOWFLAKE_PASSWORD: 'secret',
    SNOWFLAKE_WAREHOUSE: 'COMPUTE_WH',
    SNOWFLAKE_DATABASE: 'DEMO',
  } as const satisfies Partial<Settings>;
}
