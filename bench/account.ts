import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchWorld, Figure } from './figures.ts';
import { load, median, quantile } from './load.ts';
import { startService, type RunningService } from './service.ts';
import { rounds } from './effort.ts';

const MB = 1024 * 1024;
const FIELDS = 'relationshipId,customerId,productId,startDate,value';
/** The same rows as the driver by itself reads them. */
const SAME_ROWS = `select relationship_id, customer_id, product_id, start_date, value from customer_products order by relationship_id`;
/** How many rows a chunk of the account holds; Snowflake decides that by bytes. */
const CHUNKS = [10_000, 100_000];

/**
 * The service on a stand-in for an account, which is a process of its own: rows that stream through Snowflake's driver
 * against the driver by itself, and 32 requests at once on 8 sessions.
 */
export async function accountFigures({ relationships }: BenchWorld): Promise<Figure[]> {
  const rows = Math.min(relationships, 1_000_000);
  const figures: Figure[] = [];
  for (const chunkRows of CHUNKS) figures.push(...(await withAccount(rows, chunkRows, streamFigures)));
  return [...figures, ...(await withAccount(rows, CHUNKS[0]!, crowdFigures))];
}

type Account = { readonly url: string; readonly folder: string; readonly rows: number; readonly chunkRows: number };

async function withAccount(
  rows: number,
  chunkRows: number,
  work: (account: Account, service: RunningService) => Promise<Figure[]>,
): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-account-'));
  const options = JSON.stringify({ chunkRows });
  const standIn = spawn(process.execPath, ['test/snowflake/main.ts', '--options', options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(standIn.stdout, 'data')) as [Buffer];
    const url = line.toString().trim();
    const service = await startService(folder, environmentOf(url, folder));
    try {
      await fill(url, rows);
      return await work({ url, folder, rows, chunkRows }, service);
    } finally {
      await service.stop();
    }
  } finally {
    standIn.kill('SIGTERM');
    await once(standIn, 'exit');
    rmSync(folder, { recursive: true });
  }
}

function environmentOf(url: string, folder: string): Record<string, string> {
  return {
    WAREHOUSE: 'snowflake',
    SNOWFLAKE_ACCOUNT: 'STANDIN',
    SNOWFLAKE_ACCESS_URL: url,
    SNOWFLAKE_USER: 'tester',
    SNOWFLAKE_PASSWORD: 'secret',
    SNOWFLAKE_WAREHOUSE: 'COMPUTE_WH',
    SNOWFLAKE_DATABASE: 'DEMO',
    FAST_CONNECTIONS: '8',
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${new URL('./event-loop.ts', import.meta.url).href}`,
    EVENT_LOOP_FILE: join(folder, 'event-loop.json'),
  };
}

/** The service has made the tables. */
async function fill(url: string, rows: number): Promise<void> {
  const table = (name: string) => `"DEMO"."PUBLIC"."${name}"`;
  const statements = [
    `insert into ${table('CUSTOMERS')} select 'C' || i, 'Customer ' || i, null, null, null, 'active' from range(1000) t(i)`,
    `insert into ${table('PRODUCTS')} select 'P' || i, 'Product ' || i, null, null, null, 'active' from range(100) t(i)`,
    `insert into ${table('CUSTOMER_PRODUCTS')} select 'R' || lpad(i::varchar, 8, '0'), 'C' || (i % 1000), 'P' || (i % 100), null, date '2024-01-01' + (i % 500)::int, null, (i % 10000) / 100 from range(${rows}) t(i)`,
  ];
  for (const admin of statements) {
    const answer = await fetch(`${url}/stand-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ admin }),
    });
    if (!answer.ok) throw new Error(`the stand-in could not be filled: ${await answer.text()}`);
  }
}

const ROUNDS = rounds(3);

async function streamFigures({ url, folder, rows, chunkRows }: Account, service: RunningService): Promise<Figure[]> {
  const path = () => `/v1/relationships?format=ndjson&sort=relationshipId&fields=${FIELDS}`;
  const ask = () => load({ port: service.port, connections: 1, path, requests: 1 });
  await load({ port: service.port, connections: 1, path: () => '/v1/customers?limit=1', requests: 1 });
  // The service makes the checks of its schemas one by one for some seconds after its start: not what is measured here.
  await settled(service);
  const before = service.memory().now;
  service.resetPeak();
  await ask();
  const runs: { rate: number; alone: number; p99: number; max: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await eventLoop(service, folder);
    const { seconds, statuses } = await ask();
    const { p99, max } = await eventLoop(service, folder);
    if (statuses.get(200) !== 1) throw new Error('the rows did not come');
    runs.push({ rate: rows / seconds, alone: driverAlone(url), p99, max });
  }
  const growth = (service.memory().peak - before) / MB;
  const named = (what: string) => `account, chunks of ${chunkRows / 1000} k rows: ${what}`;
  return [
    { name: named('rows as NDJSON'), value: median(runs.map(({ rate }) => rate)), unit: '/s', better: 'higher' },
    {
      name: named('the same / driver by itself'),
      value: median(runs.map(({ rate, alone }) => rate / alone)),
      unit: 'ratio',
      better: 'higher',
      aim: 1,
    },
    {
      name: named('turn of the event loop, p99'),
      value: median(runs.map(({ p99 }) => p99)),
      unit: 'ms',
      better: 'lower',
      aim: 20,
    },
    {
      name: named('longest turn'),
      value: Math.max(...runs.map(({ max }) => max)),
      unit: 'ms',
      better: 'lower',
      aim: 100,
    },
    { name: named('memory growth'), value: growth, unit: 'MB', better: 'lower', aim: 300 },
  ];
}

/** Until nothing more is made that stays. */
async function settled(service: RunningService): Promise<void> {
  for (let last = 0; service.memory().now > last + MB;) {
    last = service.memory().now;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
}

/** The turns since it was asked last. */
async function eventLoop(service: RunningService, folder: string): Promise<{ p99: number; max: number }> {
  const file = join(folder, 'event-loop.json');
  rmSync(file, { force: true });
  service.signal('SIGUSR2');
  while (!existsSync(file) || readFileSync(file).length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  return JSON.parse(readFileSync(file, 'utf8')) as { p99: number; max: number };
}

function driverAlone(url: string): number {
  const run = spawnSync(process.execPath, ['bench/driver-alone.ts', url, SAME_ROWS], {
    encoding: 'utf8',
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
      SNOWFLAKE_DISABLE_MINICORE: '1',
    },
  });
  const rate = Number(run.stdout.trim().split('\n').at(-1));
  if (!(rate > 0)) throw new Error(`the driver by itself ended with ${run.status}: ${run.stderr.slice(0, 1000)}`);
  return rate;
}

/** None lost, and none that waits while others are served again and again. */
async function crowdFigures(_account: Account, { port }: RunningService): Promise<Figure[]> {
  const path = (n: number) => `/v1/customers/C${n % 1000}`;
  await load({ port, connections: 8, path, requests: 64 });
  const { ms, statuses } = await load({ port, connections: 32, path, requests: 2000 });
  const lost = 2000 - (statuses.get(200) ?? 0);
  return [
    { name: 'account, 32 requests on 8 sessions: p50', value: quantile(ms, 0.5), unit: 'ms', better: 'lower' },
    {
      name: 'account, 32 requests on 8 sessions: longest / p50',
      value: quantile(ms, 1) / quantile(ms, 0.5),
      unit: 'ratio',
      better: 'lower',
    },
    { name: 'account, 32 requests on 8 sessions: lost', value: lost, unit: 'requests', better: 'lower', aim: 0 },
  ];
}
