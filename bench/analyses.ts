/*
 * Every analysis that has a file bench/sql/<analysis>.sql (the best statement by hand, its params on line 1), against that
 * statement on DuckDB by itself:
 *
 *   warm (snapshot, facts) ─ pairs: by hand, ours, one after the other ─ median ratio, median seconds
 *
 * In this process, without HTTP and without the cache; both read all rows, which must be as many, both with two threads
 * and MEMORY_LIMIT=1GB. A statement over the facts finds them in a table too, customer_facts: ours are warm as well.
 */
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Default } from 'typebox/value';
import type { Analysis } from '../src/analysis/define.ts';
import { changeLog } from '../src/analysis/change-log.ts';
import { createEngine, kitFor, type Engine } from '../src/analysis/engine.ts';
import { holdTables } from '../src/analysis/derived-table.ts';
import { DEFAULT_FACTS_OPTIONS } from '../src/analysis/facts/model.ts';
import { factsTable } from '../src/analysis/facts/table.ts';
import { prepare } from '../src/analysis/prepare.ts';
import { readListing } from '../src/analysis/read-listing.ts';
import { registryOf } from '../src/analysis/registry.ts';
import { streamed } from '../src/analysis/run.ts';
import { NOTHING_SAVED } from '../src/analysis/saved.ts';
import { openSession } from '../src/analysis/session.ts';
import { ownershipSnapshot } from '../src/analysis/snapshot/snapshot.ts';
import { openNumbers, versionsOf } from '../src/analysis/versions.ts';
import { settingsWith } from '../src/config/settings.ts';
import { loadCatalog } from '../src/data/catalog/load.ts';
import { DEMO_CATALOG_TEXT } from '../src/data/demo/index.ts';
import { sql } from '../src/data/sql/sql.ts';
import { openDuckdb } from '../src/data/warehouse/duckdb/warehouse.ts';
import { tenant } from '../src/data/warehouse/tenant.ts';
import { ANALYSES } from '../src/features/index.ts';
import { computePool } from '../src/lib/compute/pool.ts';
import type { BenchWorld, Figure } from './figures.ts';
import { ids } from './ids.ts';
import { load, median, quantile } from './load.ts';
import { pairsMemory } from './pairs-memory.ts';
import { rulesFigures } from './rules.ts';
import { rounds } from './effort.ts';

const PAIRS = rounds(7);
/** A statement by hand that takes so many seconds is run once more only. */
const LONG_SECONDS = 10;
const PAIRS_ASKED = { asOf: '2026-09-30' };
/** What the statement by hand needs where the usual limit does not do: groups that do not fit would be spilled for minutes. */
const MEMORY_BY_HAND: Readonly<Record<string, string>> = { 'cross-sell.pairs': '4GB' };
const OWNER = tenant('default');
const NEVER = new AbortController().signal;
const FOLDER = 'bench/sql';

export async function analysesFigures(world: BenchWorld): Promise<Figure[]> {
  const folder = resolve('data', 'bench', world.size);
  const copy = join(folder, 'analyses.duckdb');
  copyFileSync(join(folder, 'demo.duckdb'), copy);
  const { engine, close } = await openEngine(copy, folder);
  try {
    const figures = await pairsMemory(() => answerAll(engine, engine.registry.get('cross-sell.pairs'), PAIRS_ASKED));
    const names = readdirSync(FOLDER).map((file) => file.replace(/\.sql$/, ''));
    for (const name of names) figures.push(...(await paired(world, engine, name)));
    return [...figures, ...(await clustering(engine)), ...(await rulesFigures()), ...(await profiles(world))];
  } finally {
    await close();
    await world.raw.run('reset memory_limit');
    rmSync(copy);
  }
}

async function openEngine(file: string, folder: string): Promise<{ engine: Engine; close(): Promise<void> }> {
  const settings = settingsWith({ THREADS: 2, MEMORY_LIMIT: 1e9, STATEMENT_SECONDS: 600, STREAM_SECONDS: 600 });
  const warehouse = await openDuckdb({ settings, fileOf: () => file, spillDir: join(folder, 'spill') });
  const catalog = await loadCatalog({ text: DEMO_CATALOG_TEXT, warehouse, tenant: OWNER, isolation: 'database' });
  const numbers = await openNumbers(warehouse, OWNER);
  const versions = versionsOf({ warehouse, tenant: OWNER, catalog, settings, numbers, now: Date.now });
  const compute = computePool({ size: 2 });
  const parts = { settings, warehouse, catalog, versions, compute, changes: changeLog(), isDemo: true };
  const clock = () => new Date('2026-10-01T12:00:00Z');
  const saved = () => Promise.resolve(NOTHING_SAVED);
  const engine = createEngine({ ...parts, registry: registryOf(ANALYSES), clock, saved });
  await snapshotThere(engine);
  return {
    engine,
    async close() {
      await compute.close();
      await warehouse.close();
    },
  };
}

/** Until look-ups are answered from memory. */
async function snapshotThere(engine: Engine): Promise<void> {
  const session = openSession(engine, OWNER, 'heavy', NEVER);
  while (session.standing(ownershipSnapshot) === undefined) await new Promise((done) => setTimeout(done, 100));
}

async function paired({ raw }: BenchWorld, engine: Engine, name: string): Promise<Figure[]> {
  const text = statementOf(name);
  const params = JSON.parse(text.slice('-- params: '.length, text.indexOf('\n'))) as Readonly<Record<string, unknown>>;
  const isFacts = name === 'customer.facts';
  const readsFacts = text.includes('from customer_facts') || text.includes('join customer_facts');
  await raw.run(`set memory_limit = '${MEMORY_BY_HAND[name] ?? '1GB'}'`);
  if (readsFacts) await raw.run(`create or replace temp table customer_facts as ${statementOf('customer.facts')}`);
  const byHand = async () => {
    const result = await raw.stream(isFacts ? `create or replace temp table customer_facts as ${text}` : text);
    let rows = 0;
    for (let chunk = await result.fetchChunk(); (chunk?.rowCount ?? 0) > 0; chunk = await result.fetchChunk())
      rows += chunk!.rowCount;
    return rows;
  };
  const ours = () => (isFacts ? buildFacts(engine) : answerAll(engine, engine.registry.get(name), params));
  let rows = 0;
  const handSeconds = await secondsOf(async () => (rows = await byHand()));
  const ownRows = await ours();
  if (ownRows !== undefined && rows !== ownRows) throw new Error(`${name} has ${ownRows} rows, by hand ${rows}`);
  const [hand, own]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < (handSeconds > LONG_SECONDS ? 1 : PAIRS); pair++) {
    hand.push(await secondsOf(byHand));
    own.push(await secondsOf(ours));
  }
  if (isFacts || readsFacts) await raw.run('drop table customer_facts');
  if (isFacts) await snapshotThere(engine);
  const ratio = median(own.map((seconds, i) => seconds / hand[i]!));
  return [
    { name: `${name} / by hand`, value: ratio, unit: 'ratio', better: 'lower', aim: 1.15 },
    { name, value: median(own), unit: 's', better: 'lower', aim: isFacts ? 4 : 5 },
  ];
}

function statementOf(name: string): string {
  return readFileSync(join(FOLDER, `${name}.sql`), 'utf8');
}

async function buildFacts(engine: Engine): Promise<undefined> {
  engine.derivations.clear();
  const facts = factsTable(DEFAULT_FACTS_OPTIONS, kitFor(engine, '2026-09-30'));
  (await holdTables(engine, OWNER, sql`select 1 from ${facts} f`)).release();
}

/** Reads all rows, and says how many; explained, so that nothing comes from the cache. */
async function answerAll(
  engine: Engine,
  analysis: Analysis,
  given: Readonly<Record<string, unknown>>,
): Promise<number> {
  const params = Default(analysis.params, structuredClone(given)) as Readonly<Record<string, unknown>>;
  const listing = analysis.listing && readListing(analysis, engine.fieldsOf(analysis), {}, false, 1000);
  const question = { analysis, tenant: OWNER, params, listing, isExplained: true };
  const { batches } = await streamed(engine, await prepare(engine, question, NEVER), NEVER);
  let rows = 0;
  for await (const { rowCount } of batches) rows += rowCount;
  if (rows === 0) throw new Error(`${analysis.name} has no rows`);
  return rows;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Of four measures of each customer, with the facts there. */
async function clustering(engine: Engine): Promise<Figure[]> {
  const analysis = engine.registry.get('segments.clusters');
  await buildFacts(engine);
  const chosen = await secondsOf(() => answerAll(engine, analysis, {}));
  const forced = await secondsOf(() => answerAll(engine, analysis, { k: 5 }));
  return [
    { name: 'k-means of all customers x 4, k chosen', value: chosen, unit: 's', better: 'lower', aim: 5 },
    { name: 'k-means of all customers x 4, k=5', value: forced, unit: 's', better: 'lower', aim: 5 },
  ];
}

/** Through the service, once its facts are there. */
async function profiles({ service: { port }, customers }: BenchWorld): Promise<Figure[]> {
  const id = ids('C', 7, customers);
  const path = (n: number) => `/v1/customers/${id(n)}/profile`;
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}${path(0)}`);
    const text = await answer.text();
    if (answer.status === 200) break;
    if (tries === 5) throw new Error(`the first profile: ${text}`);
  }
  await load({ port, connections: 1, path: (n) => path(n + 1), requests: 50 });
  const { ms } = await load({ port, connections: 1, path: (n) => path(n + 100), requests: 300 });
  return [
    {
      name: 'profile of a customer, all sections, p50',
      value: quantile(ms, 0.5),
      unit: 'ms',
      better: 'lower',
      aim: 20,
    },
    { name: 'profile of a customer, all sections, p99', value: quantile(ms, 0.99), unit: 'ms', better: 'lower' },
  ];
}
