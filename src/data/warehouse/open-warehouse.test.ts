import { expect, test } from 'vitest';
import { settingsWith } from '../../config/settings.ts';
import { openWarehouse } from './open-warehouse.ts';

test.each([
  [{ SNOWFLAKE_DATABASE: '' }, /SNOWFLAKE_DATABASE is needed/],
  [{ SNOWFLAKE_SCHEMA: 'public', SNOWFLAKE_SERVICE_SCHEMA: '"PUBLIC"' }, /SNOWFLAKE_SERVICE_SCHEMA must not be/],
])('an account that cannot be served is refused: %j', async (changes, detail) => {
  const settings = settingsWith({ WAREHOUSE: 'snowflake', SNOWFLAKE_DATABASE: 'demo', ...changes });
  await expect(openWarehouse({ settings, file: '', spillDir: '' })).rejects.toMatchObject({
    code: 'settings.invalid',
    detail: expect.stringMatching(detail),
  });
});
