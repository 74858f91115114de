import type { DuckDBConnection } from '@duckdb/node-api';
import { accountFigures } from './account.ts';
import { analysesFigures } from './analyses.ts';
import { importFromCsv } from './import.ts';
import { lookup, rate } from './ids.ts';
import { load, median, quantile, stallProbe, type Load } from './load.ts';
import { snapshotLookups } from './lookups.ts';
import { recommendations } from './recommendations.ts';
import type { RunningService } from './service.ts';
import { snapshotSeconds } from './snapshot-seconds.ts';
import { writes } from './writes.ts';
import { rounds } from './effort.ts';

export type Size = 'S' | 'M' | 'L';
export type BenchWorld = {
  readonly service: RunningService;
  readonly size: Size;
  /** DuckDB by itself, on a copy of the same file. */
  readonly raw: DuckDBConnection;
  readonly customers: number;
  readonly products: number;
  readonly relationships: number;
};

/** One measured number. `aim` is what issue or promise asks for at size L; ratios are what --check holds. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | '/s' | 'MB' | 'ratio' | 'requests';
  readonly better: 'lower' | 'higher';
  readonly aim?: number;
};
/** What `npm run bench -- --write` keeps. */
export type Recorded = {
  readonly date: string;
  readonly machine: string;
  readonly sizes: Readonly<Partial<Record<Size, readonly Figure[]>>>;
};
type Measure = (world: BenchWorld) => Promise<Figure[]>;

const MB = 1024 * 1024;
const HEAVY = '/v1/analyses/ownership.summary';

/** Days that were never asked before, so that no answer is in the cache. */
let asked = 0;
function heavyPath(): string {
  asked += 1;
  return `${HEAVY}?asOf=${new Date(Date.UTC(2026, 0, 1) - asked * 86_400_000).toISOString().slice(0, 10)}`;
}

function count(result: Load, isWanted: (status: number) => boolean): number {
  return [...result.statuses].reduce((sum, [status, n]) => sum + (isWanted(status) ? n : 0), 0);
}

const lookups: Measure = async (world) => {
  const { port } = world.service;
  const path = lookup(world);
  const inMemorySeconds = await snapshotSeconds(port, path(0));
  await load({ port, connections: 4, path, requests: 400 });
  const one = await load({ port, connections: 1, path, seconds: 4 });
  const many = await load({ port, connections: 32, path: (n) => path(n + 100_000), seconds: 5 });
  const rawMs: number[] = [];
  const statement = await world.raw.prepare(RAW_LOOKUP);
  for (let n = 0; n < 300; n++) {
    statement.bindVarchar(1, path(n).slice('/v1/customers/'.length, -'/products'.length));
    const started = performance.now();
    await statement.runAndReadAll();
    rawMs.push(performance.now() - started);
  }
  return [
    { name: 'look-ups from memory after the start', value: inMemorySeconds, unit: 's', better: 'lower', aim: 6 },
    { name: 'look-up, 1 connection, p50', value: quantile(one.ms, 0.5), unit: 'ms', better: 'lower', aim: 5 },
    { name: 'look-up, 1 connection, p95', value: quantile(one.ms, 0.95), unit: 'ms', better: 'lower' },
    {
      name: 'look-up p50 / raw DuckDB p50',
      value: quantile(one.ms, 0.5) / median(rawMs),
      unit: 'ratio',
      better: 'lower',
    },
    { name: 'look-up, 32 connections', value: rate(many), unit: '/s', better: 'higher', aim: 600 },
    { name: 'look-up, 32 connections, p50', value: quantile(many.ms, 0.5), unit: 'ms', better: 'lower' },
    { name: 'look-up, 32 connections, p95', value: quantile(many.ms, 0.95), unit: 'ms', better: 'lower' },
  ];
};

const RAW_LOOKUP = `select r.product_id, p.product_name, p.product_category, count(*), min(r.start_date), max(r.start_date), sum(r.value)
from customer_products r left join products p on p.product_id = r.product_id
where r.customer_id = $1 and r.start_date <= date '2026-09-30' and (r.end_date is null or r.end_date > date '2026-09-30')
group by all order by r.product_id limit 101`;

const lookupsUnderLoad: Measure = async (world) => {
  const { port } = world.service;
  const stop = new AbortController();
  const heavy = Array.from({ length: 4 }, async () => {
    let refused = 0;
    while (!stop.signal.aborted)
      refused += Number((await fetch(`http://127.0.0.1:${port}${heavyPath()}`).then(drained)).status !== 200);
    return refused;
  });
  const fast = await load({ port, connections: 8, path: lookup(world), seconds: 8 });
  stop.abort();
  const refusedHeavy = (await Promise.all(heavy)).reduce((a, b) => a + b, 0);
  return [
    { name: 'look-up, 4 heavy analyses running, p50', value: quantile(fast.ms, 0.5), unit: 'ms', better: 'lower' },
    {
      name: 'look-up, 4 heavy analyses running, p99',
      value: quantile(fast.ms, 0.99),
      unit: 'ms',
      better: 'lower',
      aim: 50,
    },
    {
      name: 'refused meanwhile',
      value: count(fast, (status) => status !== 200) + refusedHeavy,
      unit: 'requests',
      better: 'lower',
      aim: 0,
    },
  ];
};

/** More at once than lane and queue hold: what does not fit must be refused at once, the rest answered. */
const heavyBurst: Measure = async ({ service }) => {
  service.resetPeak();
  const started = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 64 }, async () => {
      const { status, headers } = await fetch(`http://127.0.0.1:${service.port}${heavyPath()}`).then(drained);
      return { status, ms: performance.now() - started, hasRetryAfter: headers.has('retry-after') };
    }),
  );
  const refused = answers.filter(({ status }) => status === 503).sort((a, b) => a.ms - b.ms);
  const odd = answers.filter(({ status, hasRetryAfter }) => status !== 200 && !(status === 503 && hasRetryAfter));
  // Two run and 32 wait; the others are refused at once, and of those that wait the ones that wait for QUEUE_SECONDS.
  const atOnce = refused.slice(0, 64 - 34);
  return [
    {
      name: '64 heavy analyses at once: answered',
      value: answers.length - refused.length - odd.length,
      unit: 'requests',
      better: 'higher',
    },
    { name: 'refused at once, with Retry-After', value: atOnce.length, unit: 'requests', better: 'lower' },
    {
      name: 'slowest of these refusals',
      value: Math.max(0, ...atOnce.map(({ ms }) => ms)),
      unit: 'ms',
      better: 'lower',
      aim: 1000,
    },
    {
      name: 'refused after QUEUE_SECONDS, with Retry-After',
      value: refused.length - atOnce.length,
      unit: 'requests',
      better: 'lower',
    },
    { name: 'ended otherwise', value: odd.length, unit: 'requests', better: 'lower', aim: 0 },
    { name: 'peak memory of the burst', value: service.memory().peak / MB, unit: 'MB', better: 'lower', aim: 2048 },
  ];
};

const csvExport: Measure = async ({ service, raw }) => {
  // All relationships of the first customers, so that there is nothing to sort: rows leave as they are stored.
  const first = `select max(f.customer_id) as last from (select r.customer_id from customer_products r limit 1000000) f`;
  const last = String((await raw.runAndReadAll(first)).getRows()[0]![0]);
  const counted = await raw.runAndReadAll('select count(*) from customer_products where customer_id <= $1', [last]);
  const rows = Number(counted.getRows()[0]![0]);
  const path = `/v1/relationships?format=csv&customerId[lte]=${last}`;
  const runs: { seconds: number; stall: number; growth: number; copy: number }[] = [];
  for (let run = 0; run < rounds(5); run++) {
    const before = service.memory().now;
    service.resetPeak();
    const probe = stallProbe(service.port);
    const { seconds } = await load({
      port: service.port,
      connections: 1,
      path: () => path,
      requests: 1,
    });
    const stall = await probe.stop();
    const started = performance.now();
    await raw.run(`copy (select * from customer_products where customer_id <= '${last}') to '/dev/null' (format csv)`);
    runs.push({
      seconds,
      stall,
      growth: (service.memory().peak - before) / MB,
      copy: (performance.now() - started) / 1000,
    });
  }
  return [
    {
      name: `${rows} rows as CSV`,
      value: median(runs.map((run) => run.seconds)),
      unit: 's',
      better: 'lower',
      aim: 1.2,
    },
    {
      name: 'CSV / DuckDB COPY to /dev/null',
      value: median(runs.map((run) => run.seconds / run.copy)),
      unit: 'ratio',
      better: 'lower',
    },
    {
      name: 'longest wait of /livez during the CSV',
      value: median(runs.map((run) => run.stall)),
      unit: 'ms',
      better: 'lower',
      aim: 50,
    },
    {
      name: 'memory growth during the CSV',
      value: Math.max(...runs.map((run) => run.growth)),
      unit: 'MB',
      better: 'lower',
      aim: 300,
    },
  ];
};

const cached: Measure = async ({ service: { port } }) => {
  const pairs: number[] = [];
  const rates: number[] = [];
  await load({ port, connections: 1, path: () => HEAVY, requests: 3 });
  for (let pair = 0; pair < rounds(7); pair++) {
    const empty = await load({ port, connections: 16, path: () => '/livez', seconds: 1.5 });
    const kept = await load({ port, connections: 16, path: () => HEAVY, seconds: 1.5 });
    pairs.push(rate(kept) / rate(empty));
    rates.push(rate(kept));
  }
  return [
    { name: 'cached analysis', value: median(rates), unit: '/s', better: 'higher' },
    { name: 'cached analysis / empty route', value: median(pairs), unit: 'ratio', better: 'higher', aim: 0.6 },
  ];
};

const PAGE = '/v1/relationships?value[gte]=50&startDate[gte]=2025-01-01&sort=-value&limit=100';
const RAW_PAGE = `select relationship_id, customer_id, product_id, relationship_type, start_date, end_date, value
from customer_products where value >= 50 and start_date >= date '2025-01-01' order by value desc nulls last, relationship_id limit 101`;

const page: Measure = async ({ service: { port }, raw }) => {
  const pairs: number[] = [];
  const times: number[] = [];
  for (let pair = 0; pair < rounds(9); pair++) {
    const { ms } = await load({ port, connections: 1, path: () => PAGE, requests: 1 });
    const started = performance.now();
    await raw.runAndReadAll(RAW_PAGE);
    const rawMs = performance.now() - started;
    pairs.push(ms[0]! / rawMs);
    times.push(ms[0]!);
  }
  return [
    { name: 'filtered, sorted page', value: median(times), unit: 'ms', better: 'lower' },
    { name: 'filtered, sorted page / raw DuckDB', value: median(pairs), unit: 'ratio', better: 'lower', aim: 2 },
  ];
};

const resources: Measure = ({ service }) =>
  Promise.resolve([
    { name: 'start to ready, existing data', value: service.readyMs, unit: 'ms', better: 'lower', aim: 2000 },
    {
      name: 'resident memory after all of it',
      value: service.memory().now / MB,
      unit: 'MB',
      better: 'lower',
      aim: 2048,
    },
  ]);

/** By name, in the order in which they run: look-ups on a fresh service first. */
export const MEASURES: Readonly<Record<string, Measure>> = {
  lookups,
  snapshotLookups,
  lookupsUnderLoad,
  cached,
  page,
  csvExport,
  heavyBurst,
  resources,
  analyses: analysesFigures,
  recommendations,
  writes,
  import: importFromCsv,
  account: accountFigures,
};

async function drained(response: Response): Promise<Response> {
  await response.arrayBuffer();
  return response;
}
