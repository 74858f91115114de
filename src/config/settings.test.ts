import { totalmem } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../lib/app-error.ts';
import { expected, misspeltSettings, readSettings, SETTINGS, settingsWith } from './settings.ts';

afterEach(() => vi.restoreAllMocks());

function problemsOf(env: Record<string, string>): string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof AppError && error.code === 'settings.invalid') return error.detail.split('\n');
  }
  return [];
}

describe('reading', () => {
  test('without an environment gives the defaults, frozen', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({ PORT: 8000, HOST: '127.0.0.1', WAREHOUSE: 'duckdb', BODY_BYTES: 5 * 1024 ** 2 });
    expect(Object.keys(settings)).toEqual(Object.keys(SETTINGS));
    expect(Object.isFrozen(settings)).toBe(true);
  });

  test('takes what the environment says; an empty value counts as absent', () => {
    const settings = readSettings({ PORT: ' 0 ', DATA_DIR: '/srv/data', DEMO: 'OFF', LOG_LEVEL: ' ', UNKNOWN: 'x' });
    expect(settings).toMatchObject({ PORT: 0, DATA_DIR: '/srv/data', DEMO: 'off', LOG_LEVEL: 'info' });
  });

  test('keeps no snapshot of an account unless told to', () => {
    expect(readSettings({ WAREHOUSE: 'Snowflake' }).SNAPSHOT_MAX_ROWS).toBe(0);
    expect(readSettings({ WAREHOUSE: 'snowflake', SNAPSHOT_MAX_ROWS: '1000' }).SNAPSHOT_MAX_ROWS).toBe(1000);
    expect(readSettings({ WAREHOUSE: 'duckdb' }).SNAPSHOT_MAX_ROWS).toBe(50_000_000);
  });

  test.each([
    ['1', 1],
    ['512KB', 512 * 1024],
    ['5mb', 5 * 1024 ** 2],
    ['1.5 GB', 1.5 * 1024 ** 3],
    ['2TB', 2 * 1024 ** 4],
  ])('a size of %s', (text, bytes) => {
    expect(readSettings({ CACHE_BYTES: text }).CACHE_BYTES).toBe(bytes);
  });

  test('a share of memory is of the machine, or of the limit of its container', () => {
    const constrained = vi.spyOn(process, 'constrainedMemory');
    const limitWhere = (memory: number) => {
      constrained.mockReturnValue(memory);
      return readSettings({ MEMORY_LIMIT: '25%' }).MEMORY_LIMIT;
    };
    const quarter = Math.floor(totalmem() / 4);
    expect(limitWhere(0)).toBe(quarter);
    expect(limitWhere(2 ** 64)).toBe(quarter);
    expect(limitWhere(1000)).toBe(250);
  });

  test('names all bad values at once, and what is allowed', () => {
    const env = { PORT: '65536', WAREHOUSE: 'oracle', BODY_BYTES: '-5MB', HEAVY_QUEUE: '1e3' };
    expect(problemsOf(env)).toEqual([
      'PORT="65536": a whole number from 0 to 65535',
      `WAREHOUSE="oracle": ${expected(SETTINGS.WAREHOUSE)}`,
      'HEAVY_QUEUE="1e3": a whole number from 0 to 10000',
      'BODY_BYTES="-5MB": a size such as 512MB, 2GB or 50%',
    ]);
  });

  test.each(['0', '0%', '101%', '5 bananas', '0GB', '١'])('a size of %s is not allowed', (size) => {
    expect(problemsOf({ CACHE_BYTES: size })).toHaveLength(1);
  });
});

test('a name that looks misspelt is worth a line; what other programs read is not', () => {
  const env = { HEAVY_CONECTIONS: '1', UV_THREADPOOL_SIZE: '16', DATA_DIR: 'x', XDG_SESSION_CLASS: 'user', Path: '' };
  expect(misspeltSettings(env)).toEqual(['HEAVY_CONECTIONS is not a setting (did you mean "HEAVY_CONNECTIONS"?)']);
});

test('settings for tests are the defaults with changes', () => {
  expect(settingsWith({ PAGE_ROWS: 7 })).toEqual({ ...readSettings({}), PAGE_ROWS: 7 });
  expect(settingsWith()).toEqual(readSettings({}));
});

test('what a setting allows is said in words', () => {
  expect(expected(SETTINGS.DATA_DIR)).toBe('any text');
  expect(expected(SETTINGS.DEMO)).toBe('one of on, off');
});
