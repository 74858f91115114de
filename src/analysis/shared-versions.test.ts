import { expect, test } from 'vitest';
import type { Catalog } from '../data/catalog/model.ts';
import { duckdbDialect } from '../data/sql/duckdb-dialect.ts';
import { snowflakeDialect } from '../data/sql/snowflake-dialect.ts';
import type { Statement } from '../data/sql/compile.ts';
import type { Rows, Warehouse } from '../data/warehouse/port.ts';
import { tenant } from '../data/warehouse/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import type { ErrorCode } from '../lib/error-catalog.ts';
import { tokenReader } from './change-tokens.ts';
import { sharedVersions } from './shared-versions.ts';
import { versionNumbers } from './versions.ts';

const SOURCES: Record<string, unknown> = {
  customers: { kind: 'table', path: ['CUSTOMERS'] },
  products: { kind: 'table', path: ['SALES', 'PRODUCTS'] },
  joined: { kind: 'sql', sql: 'select 1' },
};

function catalogOf(sources: Record<string, unknown> = SOURCES): Pick<Catalog, 'tables'> {
  const entries = Object.entries(sources).map(([name, source]) => [name, { name, source }] as const);
  return { tables: new Map(entries) as unknown as Catalog['tables'] };
}

/** Versions with a clock and tokens that the test sets; `asks` holds who waits for an answer. */
function versionsWith(ttlSeconds = 5) {
  const state = { time: 1_000_000, tokens: new Map<string, string>(), asked: 0 };
  const asks: ((fail?: Error) => void)[] = [];
  let isHeld = false;
  const readTokens = () => {
    state.asked += 1;
    const tokens = new Map(state.tokens);
    if (!isHeld) return Promise.resolve(tokens);
    return new Promise<typeof tokens>((resolve, reject) =>
      asks.push((fail) => (fail === undefined ? resolve(tokens) : reject(fail))),
    );
  };
  const numbers = versionNumbers({});
  const catalog = catalogOf();
  const versions = sharedVersions({ numbers, catalog, readTokens, ttlSeconds, now: () => state.time });
  return { state, asks, versions, hold: () => void (isHeld = true) };
}

test('tokens are asked for once and hold for the TTL, without a promise; then once more', async () => {
  const { state, versions } = versionsWith();
  state.tokens.set('customers', '1').set('products', '2');
  const first = versions.of(['customers', 'products']);
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toBe('customers:1,products:2');
  state.tokens.set('customers', '9');
  state.time += 4_999;
  expect(versions.of(['customers'])).toBe('customers:1');
  expect(versions.now(['products'])).toBe('products:2');
  state.time += 1;
  expect(versions.now(['customers'])).toBeUndefined();
  expect(versions.said(['customers'])).toEqual({});
  expect(state.asked).toBe(1);
  expect(await versions.of(['customers'])).toBe('customers:9');
  expect(versions.said(['customers', 'products', 'joined'])).toEqual({ customers: '9', products: '2' });
  // A clock that was set back.
  state.time -= 60_000;
  expect(versions.now(['customers'])).toBeUndefined();
  expect(state.asked).toBe(2);
});

test('whoever asks meanwhile shares the question', async () => {
  const { state, versions, asks, hold } = versionsWith();
  hold();
  const all = Promise.all([versions.of(['customers']), versions.of(['products']), versions.of(['customers'])]);
  asks.forEach((answer) => answer());
  await all;
  expect(state.asked).toBe(1);
});

test('but no question that is older than the TTL; with a TTL of 0 none at all', async () => {
  for (const [ttlSeconds, age, asked] of [
    [5, 4_999, 1],
    [5, 5_000, 2],
    [0, 0, 2],
  ] as const) {
    const { state, versions, asks, hold } = versionsWith(ttlSeconds);
    state.tokens.set('customers', 'old');
    hold();
    const early = versions.of(['customers']);
    // Another program commits, and the warehouse is slow to answer.
    state.tokens.set('customers', 'new');
    state.time += age;
    const late = versions.of(['customers']);
    asks.forEach((answer) => answer());
    expect([await early, await late]).toEqual(['customers:old', asked === 1 ? 'customers:old' : 'customers:new']);
    expect(state.asked).toBe(asked);
  }
});

test('what stands is of tables that have a token: of others nobody can say that nothing changed', async () => {
  const { state, versions } = versionsWith();
  state.tokens.set('customers', '1');
  await versions.of(['customers', 'products']);
  expect(['customers', 'products', 'joined'].map((name) => versions.now([name]))).toEqual([
    'customers:1',
    undefined,
    undefined,
  ]);
});

test('a write of ours is known at once: a token that was asked for before it is not used', async () => {
  const { state, versions, asks, hold } = versionsWith();
  state.tokens.set('customers', 'old').set('products', 'p');
  await versions.of(['customers']);
  hold();
  versions.raise(['customers']);
  expect(versions.now(['customers'])).toBeUndefined();
  expect(versions.now(['products'])).toBe('products:p');
  // In flight while we commit once more.
  const before = versions.of(['customers']);
  state.tokens.set('customers', 'new');
  versions.raise(['customers']);
  const after = versions.of(['customers']);
  const other = versions.of(['products']);
  expect(state.asked).toBe(3);
  // The later question is answered first.
  asks[1]!();
  expect([await after, await other]).toEqual(['customers:new', 'products:p']);
  asks[0]!();
  await before;
  expect(versions.of(['customers'])).toBe('customers:new');
  expect(versions.numbers(['customers', 'products'])).toEqual({ customers: 2, products: 0 });
});

test('a question that fails is the error of those who asked; the next one asks again', async () => {
  const { state, versions, asks, hold } = versionsWith();
  hold();
  const failed = Promise.allSettled([versions.of(['customers']), versions.of(['customers'])]);
  asks[0]!(new Error('down'));
  expect(await failed).toMatchObject([{ reason: { message: 'down' } }, { reason: { message: 'down' } }]);
  const again = versions.of(['customers']);
  asks[1]!();
  await again;
  expect(state.asked).toBe(2);
});

test('what has no token, and what is made by SQL, has a stretch of the TTL, and none after a write of ours', async () => {
  const { state, versions } = versionsWith();
  const seen = [versions.of(['joined'])];
  expect(state.asked).toBe(0);
  state.time += 4_999;
  expect(versions.of(['joined'])).toBe(seen[0]);
  seen.push(await versions.of(['customers']));
  versions.raise(['customers']);
  seen.push(versions.of(['joined']), await versions.of(['customers']));
  state.time += 5_000;
  seen.push(versions.of(['joined']), await versions.of(['customers']));
  state.time -= 1;
  seen.push(versions.of(['joined']));
  expect(new Set(seen).size).toBe(7);
});

test('with a TTL of 0 every answer asks', async () => {
  const { state, versions } = versionsWith(0);
  state.tokens.set('customers', '1');
  expect([await versions.of(['customers']), await versions.of(['customers'])]).toEqual(['customers:1', 'customers:1']);
  expect(state.asked).toBe(2);
  expect(versions.of(['joined'])).not.toBe(versions.of(['joined']));
});

/** Tokens as a warehouse tells them that refuses some addresses. */
function readerOf(
  answer: (address: string) => string | number | null,
  sources = SOURCES,
  dialect: Warehouse['dialect'] = snowflakeDialect,
) {
  const texts: string[] = [];
  const clock = { time: 0 };
  const query = ((_, { text }: Statement) => {
    texts.push(text);
    const answers = Array.from(text.matchAll(/TIME\('(.*)'\) as/g), ([, address]) => answer(address!));
    const refused = answers.find((one) => typeof one === 'string' && one.includes('.')) as ErrorCode | undefined;
    if (refused !== undefined) return Promise.reject(new AppError(refused, 'no'));
    return Promise.resolve({ rowCount: 1, columns: answers.map((one) => [one]) } as unknown as Rows);
  }) satisfies Warehouse['query'];
  const read = tokenReader({
    warehouse: { query, dialect },
    tenant: tenant('acme'),
    catalog: catalogOf(sources),
    isolation: 'database',
    now: () => clock.time,
  });
  return { read, texts, clock };
}

test('one statement asks for all tables; names are quoted within a literal', async () => {
  const odd = { odd: { kind: 'table', path: ['s', `it's "odd" \\ here`] } };
  const { read, texts } = readerOf(() => '7', { ...SOURCES, ...odd });
  expect([...(await read())]).toEqual([
    ['customers', '7'],
    ['products', '7'],
    ['odd', '7'],
  ]);
  expect(texts).toEqual([
    `select SYSTEM$LAST_CHANGE_COMMIT_TIME('"CUSTOMERS"') as t0,
  SYSTEM$LAST_CHANGE_COMMIT_TIME('"SALES"."PRODUCTS"') as t1,
  SYSTEM$LAST_CHANGE_COMMIT_TIME('"s"."it''s ""odd"" \\\\ here"') as t2`,
  ]);
});

test('a table that is refused has no token, and is asked about again after an hour', async () => {
  const many = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { kind: 'table', path: [name] }]));
  let isRefused = true;
  const { read, texts, clock } = readerOf((name) => (isRefused && name === '"c"' ? 'warehouse.forbidden' : 1), many);
  expect([...(await read()).keys()]).toEqual(['a', 'b', 'd']);
  expect(texts.length).toBe(5);
  expect([...(await read()).keys()]).toEqual(['a', 'b', 'd']);
  expect(texts.length).toBe(6);
  isRefused = false;
  clock.time += 3_600_000;
  expect([...(await read()).keys()]).toEqual(['a', 'b', 'c', 'd']);
  expect(texts.length).toBe(7);
});

test('a warehouse that does not answer is asked once', async () => {
  const { read, texts } = readerOf(() => 'warehouse.unavailable');
  await expect(read()).rejects.toMatchObject({ code: 'warehouse.unavailable' });
  expect(texts.length).toBe(1);
  const none = readerOf(() => null, SOURCES, duckdbDialect);
  expect((await none.read()).size).toBe(0);
  expect((await readerOf(() => '1', { joined: SOURCES['joined'] }).read()).size).toBe(0);
});
