import { closeSync, copyFileSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BenchWorld, Figure } from './figures.ts';
import { quantile } from './load.ts';
import { startService } from './service.ts';
import { snapshotSeconds } from './snapshot-seconds.ts';
import { bulk, posts } from './write-load.ts';

const SECONDS = 5;
const BULK_LINES = 30_000;

type Kind = { readonly list: string; readonly id: string; readonly row: (n: number) => object; readonly patch: object };

/** Rows refer to customers and products all over the tables. */
function kinds({ customers, products }: BenchWorld): readonly Kind[] {
  const step = Math.floor(customers * 0.6180339887) | 1;
  const customerId = (n: number) => `C${String(((n * step) % customers) + 1).padStart(7, '0')}`;
  const productId = (n: number) => `P${String((n % products) + 1).padStart(5, '0')}`;
  return [
    {
      list: 'customers',
      id: 'customerId',
      row: () => ({ customerName: 'Ada Example', region: 'North', registrationDate: '2026-01-31', status: 'active' }),
      patch: { status: 'paused' },
    },
    {
      list: 'relationships',
      id: 'relationshipId',
      row: (n) => ({ customerId: customerId(n), productId: productId(n), startDate: '2026-01-31', value: 9.5 }),
      patch: { value: 1.5 },
    },
  ];
}

/** Writes over HTTP, to a service of their own on a copy of the data; each answer comes after its commit. */
export async function writes(world: BenchWorld): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-writes-'));
  const from = resolve('data', 'bench', world.size);
  for (const file of ['demo.duckdb', 'demo-truth.json']) copyFileSync(join(from, file), join(folder, file));
  const service = await startService(folder, { MEMORY_LIMIT: '1500MB' });
  try {
    // What is built after the start is not to be measured here.
    await snapshotSeconds(service.port, '/v1/customers/C0000001/products');
    const figures = [flushFigure(folder)];
    for (const kind of kinds(world)) {
      figures.push(...(await singles(service.port, kind)));
      figures.push(...(await bulks(service.port, kind)));
    }
    return figures;
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true });
  }
}

async function singles(port: number, { list, id, row }: Kind): Promise<Figure[]> {
  const path = `/v1/${list}`;
  const body = (name: string) => (n: number) => ({ [id]: `${name}-${n}`, ...row(n) });
  const key = (n: number) => `${list}-${n}`;
  const one = await posts({ port, path, connections: 1, seconds: SECONDS, body: body('one') });
  const many = await posts({ port, path, connections: 32, seconds: SECONDS, body: body('many') });
  const keyed = await posts({ port, path, connections: 32, seconds: SECONDS, body: body('keyed'), key });
  const rate = ({ ms, seconds }: typeof many) => ms.length / seconds;
  return [
    { name: `create ${list}, 1 connection, p50`, value: quantile(one.ms, 0.5), unit: 'ms', better: 'lower' },
    { name: `create ${list}, 1 connection, p99`, value: quantile(one.ms, 0.99), unit: 'ms', better: 'lower' },
    { name: `create ${list}, 32 connections`, value: rate(many), unit: '/s', better: 'higher', aim: 500 },
    { name: `create ${list}, 32 connections, keyed`, value: rate(keyed), unit: '/s', better: 'higher', aim: 500 },
    {
      name: `create ${list}, not acknowledged`,
      value: one.failed + many.failed + keyed.failed,
      unit: 'requests',
      better: 'lower',
      aim: 0,
    },
  ];
}

async function bulks(port: number, { list, id, row, patch }: Kind): Promise<Figure[]> {
  const lines = Array.from({ length: BULK_LINES }, (_, n) => ({ [id]: `bulk-${n}`, ...row(n) }));
  const named = lines.map((line) => ({ [id]: (line as Record<string, unknown>)[id] }));
  const modes = { create: lines, upsert: lines, patch: named.map((line) => ({ ...line, ...patch })), delete: named };
  const figures: Figure[] = [];
  let failed = 0;
  for (const [mode, given] of Object.entries(modes)) {
    const done = await bulk(port, `/v1/${list}/bulk?mode=${mode}`, given);
    failed += done.failed;
    const value = BULK_LINES / done.seconds;
    figures.push({ name: `bulk ${mode} of ${list}`, value, unit: '/s', better: 'higher', aim: 20_000 });
  }
  return [...figures, { name: `bulk ${list}, failed`, value: failed, unit: 'requests', better: 'lower', aim: 0 }];
}

/** What one durable write costs at least on this disk. */
function flushFigure(folder: string): Figure {
  const file = openSync(join(folder, 'flush'), 'w');
  const ms = Float64Array.from({ length: 200 }, () => {
    const started = performance.now();
    writeSync(file, Buffer.alloc(4096, 1));
    fdatasyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  return { name: 'flush of 4 KB to the disk, p50', value: quantile(ms, 0.5), unit: 'ms', better: 'lower' };
}
