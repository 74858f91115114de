import type { BenchWorld, Figure } from './figures.ts';
import { ids } from './ids.ts';
import { load, quantile, stallProbe } from './load.ts';

const MB = 1024 * 1024;
const NEIGHBOURS = '/v1/analyses/cross-sell.all-neighbours?format=ndjson';
const LISTS = '/v1/analyses/cross-sell.recommendations?limit=10&format=ndjson';

/** Next products through the service: the first answer, answers about single customers, and the lists of all of them. */
export async function recommendations({ service, customers }: BenchWorld): Promise<Figure[]> {
  const { port } = service;
  const id = ids('C', 7, customers);
  const path = (n: number) => `/v1/customers/${id(n)}/next-products`;
  const first = await firstSeconds(port, path(0));
  // The matrix of who has what is there from here on.
  await load({ port, connections: 1, path: () => `${NEIGHBOURS}&most=1`, requests: 1 });
  const table = await load({ port, connections: 1, path: () => NEIGHBOURS, requests: 1 });
  await load({ port, connections: 1, path: (n) => path(n + 1), requests: 200 });
  const { ms } = await load({ port, connections: 1, path: (n) => path(n + 1_000), requests: 1_000 });
  const before = service.memory().now;
  service.resetPeak();
  const probe = stallProbe(port);
  const all = await load({ port, connections: 1, path: () => LISTS, requests: 1 });
  const stall = await probe.stop();
  if (all.statuses.get(200) !== 1) throw new Error('the lists of all customers did not come');
  return [
    { name: 'next products: learned and evaluated', value: first.seconds, unit: 's', better: 'lower' },
    { name: 'longest wait of /livez meanwhile', value: first.stall, unit: 'ms', better: 'lower', aim: 50 },
    { name: 'product.neighbours, 200 for each, as NDJSON', value: table.seconds, unit: 's', better: 'lower', aim: 30 },
    { name: 'next products of a customer, p50', value: quantile(ms, 0.5), unit: 'ms', better: 'lower', aim: 2 },
    { name: 'next products of a customer, p99', value: quantile(ms, 0.99), unit: 'ms', better: 'lower' },
    { name: 'ten products for every customer, as NDJSON', value: all.seconds, unit: 's', better: 'lower', aim: 60 },
    { name: 'longest wait of /livez during the lists', value: stall, unit: 'ms', better: 'lower', aim: 50 },
    {
      name: 'memory growth during the lists',
      value: (service.memory().peak - before) / MB,
      unit: 'MB',
      better: 'lower',
    },
  ];
}

/** It is learned while the first one waits, or in the background when that takes long. */
async function firstSeconds(port: number, path: string): Promise<{ seconds: number; stall: number }> {
  const started = performance.now();
  const probe = stallProbe(port);
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    const text = await answer.text();
    if (answer.status === 200) break;
    if (answer.status !== 503) throw new Error(`the first next products: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const seconds = (performance.now() - started) / 1000;
  return { seconds, stall: await probe.stop() };
}
