import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_FACTS_OPTIONS } from '../../src/analysis/facts/model.ts';
import type { RfmTable } from '../../src/analysis/facts/rfm-table.ts';
import { DEFAULT_RFM_TABLE } from '../../src/analysis/facts/rfm-table.ts';
import { rfmTables } from '../../src/data/state/rfm-tables.ts';
import { ANALYSES } from '../../src/features/index.ts';
import { addressOf, answered, EXAMPLES, openContractWorld } from './contract-world.ts';
import type { World } from '../world.ts';

/* Where a term has several meanings, a param with a default says which one is meant, and meta.params which one was. */

let world: World;
beforeAll(async () => (world = await openContractWorld()));
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const ANALYTICS = ANALYSES.filter(({ name }) => /^(profile|segments|portfolio)\./.test(name));
type Schema = { readonly default?: unknown; readonly description?: string };
const paramsOf = ({ params }: (typeof ANALYSES)[number]) =>
  Object.entries(params.properties as Readonly<Record<string, Schema>>);

/** Params that give no term its meaning: whom and what, when, and what is asked for by name. */
const NO_MEANING = /^(asOf|from|to|before|customer|product|segment|productId|category|limit|k)$/;

describe.each(ANALYTICS.map((analysis) => ({ name: analysis.name, analysis })))('$name', ({ analysis }) => {
  test('what may be left out and has a meaning has a default', () => {
    const { required = [] } = analysis.params as { required?: readonly string[] };
    const open = paramsOf(analysis).filter(
      ([name, schema]) => schema.default === undefined && !required.includes(name) && !NO_MEANING.test(name),
    );
    expect(open.map(([name]) => name)).toEqual([]);
  });

  test('a segment that filters is meant with gaps and limits that meta tells', async () => {
    if (!paramsOf(analysis).some(([name]) => name === 'segment')) return;
    const { params } = analysis.examples[0];
    const reply = answered(await world.post(addressOf(analysis), { ...params, segment: 'lifecycle:none' }));
    expect(reply.json.meta['params']).toMatchObject({ ...DEFAULT_FACTS_OPTIONS, rfmTableVersion: 0 });
  });
});

test.each(EXAMPLES)('$label: meta.params has every param with a default, as it holds', async ({ analysis, params }) => {
  const { json } = answered(await world.post(addressOf(analysis), params));
  const { rfmTableVersion, ...settled } = json.meta['params'] as Readonly<Record<string, unknown>>;
  const defaulted = paramsOf(analysis).filter(([, schema]) => schema.default !== undefined);
  const expected = defaulted.map(([name, schema]) => [
    name,
    Object.hasOwn(params, name) ? params[name] : schema.default,
  ]);
  const ofSegment = params['segment'] === undefined ? {} : DEFAULT_FACTS_OPTIONS;
  expect(settled).toEqual({ ...ofSegment, ...(Object.fromEntries(expected) as object) });
  expect(rfmTableVersion).toBe('rfmMonths' in settled ? 0 : undefined);
});

test('another RFM table is another version in meta, of answers that name its segments alone', async () => {
  const own = await openContractWorld();
  await rfmTables<RfmTable>(own.state).replace(own.owner, DEFAULT_RFM_TABLE);
  const told = async (path: string) => (await own.get(`/v1/analyses/${path}`)).json.meta['params'];
  expect(await told('segments.rfm')).toEqual({ rfmMonths: null, rfmTableVersion: 1 });
  expect(await told('segments.value-tiers')).toEqual({ tierA: 0.8, tierB: 0.95 });
  expect(await told('segments.value-tiers?segment=rfm:none&tierA=0.5')).toMatchObject({
    tierA: 0.5,
    rfmTableVersion: 1,
  });
  await own.close();
});
