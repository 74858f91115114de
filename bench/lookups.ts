import type { BenchWorld, Figure } from './figures.ts';
import { ids, lookup, rate } from './ids.ts';
import { load, median, quantile } from './load.ts';
import { rounds } from './effort.ts';

const ROUNDS = rounds(5);

/** Look-ups that the ownership snapshot answers, against a route that does nothing; ids are never asked twice, so that no text is kept. */
export async function snapshotLookups(world: BenchWorld): Promise<Figure[]> {
  const { port } = world.service;
  const path = lookup(world);
  let asked = 200_000;
  const fresh = () => path(asked++);
  await load({ port, connections: 32, path: fresh, requests: 20 * rounds(1_000) });
  const ratios: number[] = [];
  const rates: number[] = [];
  // One after the other, so that what else the machine does weighs on both.
  for (let round = 0; round < ROUNDS; round++) {
    const empty = await load({ port, connections: 32, path: () => '/livez', seconds: 1.5 });
    const held = await load({ port, connections: 32, path: fresh, seconds: 2.5 });
    ratios.push(rate(held) / rate(empty));
    rates.push(rate(held));
  }
  const one = await load({ port, connections: 1, path: fresh, seconds: 3 });
  return [
    { name: 'look-up from the snapshot, 32 connections', value: median(rates), unit: '/s', better: 'higher' },
    { name: 'the same / empty route', value: median(ratios), unit: 'ratio', better: 'higher', aim: 0.4 },
    {
      name: 'look-up from the snapshot, 1 connection, p50',
      value: quantile(one.ms, 0.5),
      unit: 'ms',
      better: 'lower',
      aim: 1.5,
    },
    ...(await ownersAndPairs(port, world.customers, world.products)),
  ];
}

/** The other direction, and a hundred at once. */
async function ownersAndPairs(port: number, customers: number, products: number): Promise<Figure[]> {
  const product = ids('P', 5, products);
  const customer = ids('C', 7, customers);
  const owners = (n: number) => `/v1/products/${product(n)}/customers`;
  const pages = await load({ port, connections: 1, path: owners, requests: 300 });
  const hundred = (id: (n: number) => string, from: number) => Array.from({ length: 100 }, (_, i) => id(from + i));
  const ofCustomers = await posted(port, 100, (n) => ({ customerIds: hundred(customer, n * 100) }));
  const ofProducts = await posted(port, 10, (n) => ({ productIds: hundred(product, n * 100) }));
  const figure = (name: string, values: Float64Array): Figure => ({
    name,
    value: quantile(values, 0.5),
    unit: 'ms',
    better: 'lower',
  });
  return [
    { ...figure('first page of the customers of a product, p50', pages.ms), aim: 5 },
    figure('products of 100 customers, p50', ofCustomers),
    figure('customers of 100 products, all rows, p50', ofProducts),
  ];
}

async function posted(port: number, requests: number, body: (n: number) => object): Promise<Float64Array> {
  const ms: number[] = [];
  for (let n = 0; n < requests; n++) {
    const started = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/v1/ownership`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body(n)),
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`POST /v1/ownership: ${answer.status}`);
    ms.push(performance.now() - started);
  }
  return Float64Array.from(ms);
}
