import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../../../../test/world.ts';
import { WORLD_DAY } from '../../../../test/world-rows.ts';
import { referencesOf, type Rule } from '../../../analysis/segments/rule.ts';
import { segments } from '../../../data/state/segments.ts';
import { segmentAnalyses } from '../routes.ts';

const SAVED: Readonly<Record<string, Rule>> = {
  north: { member: 'region', op: 'eq', value: 'north' },
  gold: { member: 'attributes.tier', op: 'eq', value: 'gold' },
  'north-gold': { all: [{ segment: 'north' }, { segment: 'gold' }] },
  nobody: { member: 'relationships', op: 'gt', value: 100 },
  holder: { member: 'activeRelationships', op: 'gte', value: 1 },
  handy: {
    all: [
      { member: 'categoryShare.tools', op: 'gt', value: 0.5 },
      { member: 'categoryShare.tools', op: 'lte', value: 1 },
    ],
  },
};

let world: World;
beforeAll(async () => {
  world = await openWorld({ analyses: segmentAnalyses });
  for (const [id, rule] of Object.entries(SAVED))
    await segments<Rule>(world.state).create(
      world.owner,
      id,
      { name: id, description: null, rule, refersTo: referencesOf(rule) },
      () => undefined,
    );
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

async function ask(name: string, params: object = {}) {
  const reply = await world.post(`/v1/analyses/segments.${name}`, { asOf: WORLD_DAY, ...params });
  expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
  return reply.json.data;
}
async function refusal(name: string, params: object) {
  const { status, problem } = await world.post(`/v1/analyses/segments.${name}`, { asOf: WORLD_DAY, ...params });
  return { status, ...problem };
}
const idsOf = async (segmentId: string) => (await ask('members', { segmentId })).map(({ customerId }) => customerId);

test('members are the customers of whom the rule holds', async () => {
  expect(await idsOf('north')).toEqual(['C1', 'C2']);
  expect(await idsOf('gold')).toEqual(['C1', 'C4']);
  expect(await idsOf('north-gold')).toEqual(['C1']);
  expect(await idsOf('nobody')).toEqual([]);
  expect(await idsOf('lifecycle:none')).toEqual(['C5']);
});

test('members are a list, at an address of their own', async () => {
  const first = (await world.get(`/v1/segments/gold/members?limit=1&total=true&asOf=${WORLD_DAY}`)).json;
  const next = (await world.get(`/v1/segments/gold/members?limit=1&cursor=${first.page!.nextCursor}`)).json;
  expect([first.page!.total, first.data[0]!['customerId'], next.data[0]!['customerId']]).toEqual([2, 'C1', 'C4']);
  const csv = await world.get('/v1/segments/gold/members?format=csv&fields=customerId,tier');
  expect(csv.text.trim().split(/\r?\n/)).toHaveLength(3);
  const built = await world.get('/v1/segments/lifecycle%3Anone/members?fields=customerId');
  expect(built.json.data).toEqual([{ customerId: 'C5' }]);
});

test('a preview counts, also of a rule that nobody meets', async () => {
  const all = (await ask('customers')) as readonly { customerId: string; value: number }[];
  const [c1, total] = [all[0]!.value, all.reduce((sum, { value }) => sum + value, 0)];
  const [row] = await ask('preview', { rule: SAVED['north-gold'] });
  expect(row).toMatchObject({ customers: 1, outOf: 5, share: 0.2, value: c1 });
  expect(row!['valueShare']).toBeCloseTo(c1 / total, 12);
  const nobody = await ask('preview', { rule: { all: [SAVED['north'], { not: SAVED['north'] }] } });
  expect(nobody).toEqual([{ customers: 0, outOf: 5, share: 0, value: 0, valueShare: 0 }]);
  const west = await ask('preview', { rule: SAVED['north'], customer: { region: 'west' } });
  expect(west).toEqual([{ customers: 0, outOf: 0, share: null, value: 0, valueShare: null }]);
});

test('a preview takes the text of a rule, in an address', async () => {
  const rule = encodeURIComponent(JSON.stringify(SAVED['north']));
  const { json } = await world.get(`/v1/analyses/segments.preview?asOf=${WORLD_DAY}&rule=${rule}`);
  expect(json.data[0]).toMatchObject({ customers: 2 });
  expect((await refusal('preview', { rule: '{' })).errors![0]!.pointer).toBe('?rule');
});

test('a rule over an unknown member is refused with the near name', async () => {
  const found = await refusal('preview', { rule: { all: [{ member: 'vaule', op: 'gte', value: 1 }] } });
  expect([found.status, found.code, found.errors![0]!.pointer]).toEqual([400, 'segment.invalid', '/rule/all/0/member']);
  expect(found.detail).toContain('did you mean "value"');
  expect((await refusal('preview', { rule: { segment: 'nort' } })).detail).toContain('did you mean "north"');
});

test('a share of a category is a member of rules; missing without relationships', async () => {
  // C1 has three of tools and one of toys, C2 tools alone, C3 and C4 what is in no category, C5 nothing.
  const share = (category: string, op: string, value: unknown) => ({ member: `categoryShare.${category}`, op, value });
  const counted = async (rule: object) => (await ask('preview', { rule }))[0]!['customers'];
  expect(await counted(share('tools', 'gte', 0))).toBe(4);
  expect(await counted(share('tools', 'isNull', true))).toBe(1);
  expect(await counted(share('tools', 'gt', 0.5))).toBe(2);
  expect(await counted({ all: [share('tools', 'eq', 0.75), share('toys', 'eq', 0.25), SAVED['north']] })).toBe(1);
  expect(await counted(share("nobody's", 'gt', 0))).toBe(0);
  const nameless = await refusal('preview', { rule: share('', 'gt', 0) });
  expect([nameless.status, nameless.code]).toEqual([400, 'segment.invalid']);
  expect(nameless.detail).toContain('categoryShare.<category>');
});

test('shares of categories are told by why and overlap too', async () => {
  const [row] = await ask('why', { segmentId: 'handy', customerId: 'C1' });
  expect(row).toMatchObject({
    isMember: true,
    conditions: [
      { member: 'categoryShare.tools', customerValue: 0.75, holds: true },
      { member: 'categoryShare.tools', customerValue: 0.75, holds: true },
    ],
    change: { member: 'categoryShare.tools', from: 0.75, to: 0.5 },
  });
  const rows = await ask('overlap', { segments: ['handy', 'gold'] });
  expect(rows.map(({ customers }) => customers)).toEqual([2, 1, 1, 2]);
  expect(await idsOf('handy')).toEqual(['C1', 'C2']);
});

test('gaps and limits are as asked, wherever a segment is named', async () => {
  const usual = { segmentId: 'lifecycle:new' };
  const wide = { ...usual, newDays: 36_500 };
  const ids = async (params: object) => (await ask('members', params)).map(({ customerId }) => customerId);
  const [narrowly, widely] = [await ids(usual), await ids(wide)];
  expect([narrowly, widely]).toEqual([['C3'], ['C1', 'C2', 'C3', 'C4']]);
  const isNew = { member: 'lifecycle', op: 'eq', value: 'new' };
  expect((await ask('preview', { rule: isNew, newDays: 36_500 }))[0]).toMatchObject({ customers: 4 });
  const overlap = await ask('overlap', { segments: ['lifecycle:new'], newDays: 36_500 });
  expect(overlap[0]).toMatchObject({ customers: 4 });
  for (const [newDays, isMember] of [
    [36_500, true],
    [90, false],
  ]) {
    const [row] = await ask('why', { ...usual, customerId: 'C1', newDays });
    expect(row).toMatchObject({ isMember });
  }
  const days = { of: 'lifecycle:new', before: '2023-12-31' };
  const stayed = async (params: object) =>
    (await ask('movement', { ...days, ...params })).find(({ change }) => change === 'stayed')?.['customers'];
  expect([await stayed({}), await stayed({ newDays: 36_500 })]).toEqual([undefined, 1]);
  const filtered = await ask('customers', { segment: 'lifecycle:new', newDays: 36_500 });
  expect(filtered).toHaveLength(4);
});

test.each([
  ['members', { segmentId: 'tier:A' }],
  ['preview', { rule: { member: 'tier', op: 'eq', value: 'A' } }],
  ['overlap', { segments: ['tier:A'] }],
  ['movement', { of: 'tier' }],
  ['why', { segmentId: 'tier:A', customerId: 'C1' }],
])('%s refuses gaps and limits that do not agree', async (name, params) => {
  const found = await refusal(name, { ...params, churnedDays: 30, tierA: 0.9, tierB: 0.8 });
  expect([found.status, found.errors!.map(({ pointer }) => pointer)]).toEqual([400, ['?churnedDays', '?tierB']]);
});

test('overlap counts customers in both, out of either', async () => {
  const rows = await ask('overlap', { segments: ['north', 'gold', 'nobody'] });
  expect(rows).toHaveLength(9);
  const of = (a: string, b: string) => rows.find(({ segment, other }) => segment === a && other === b);
  expect(of('north', 'gold')).toEqual({
    segment: 'north',
    other: 'gold',
    customers: 1,
    customersOfSegment: 2,
    customersOfOther: 2,
    share: 0.5,
    jaccard: 1 / 3,
  });
  expect(of('gold', 'gold')).toMatchObject({ customers: 2, share: 1, jaccard: 1 });
  expect(of('nobody', 'nobody')).toMatchObject({ customers: 0, share: null, jaccard: null });
  expect(of('nobody', 'gold')).toMatchObject({ customers: 0, share: null, jaccard: 0 });
  const url = `/v1/analyses/segments.overlap?segments=north,gold&asOf=${WORLD_DAY}`;
  expect((await world.get(url)).json.data).toHaveLength(4);
});

test('movement tells who entered, stayed and left a segment', async () => {
  // C1 holds something on both days, C2 and C4 begin in 2024.
  const rows = await ask('movement', { of: 'holder', before: '2023-06-15' });
  const counts = Object.fromEntries(rows.map(({ change, customers }) => [change, customers]));
  expect(counts).toEqual({ entered: 2, stayed: 1, outside: 2 });
  const left = await ask('movement', { of: 'holder', before: '2022-06-15', asOf: '2022-06-16' });
  expect(left.map(({ change, customers }) => [change, customers])).toEqual([
    ['outside', 4],
    ['stayed', 1],
  ]);
});

test.each(['rfm', 'lifecycle', 'tier'])('movement between groups of %s has every customer once', async (of) => {
  const rows = await ask('movement', { of, before: '2023-12-31' });
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
  expect(sum('customers')).toBe(5);
  expect(sum('share')).toBeCloseTo(1, 12);
  for (const { fromGroup, toGroup, change } of rows) expect(change).toBe(fromGroup === toGroup ? 'stayed' : 'moved');
});

test.each([{ before: WORLD_DAY }, { before: '2999-01-01' }])('movement refuses %j', async (params) => {
  const found = await refusal('movement', { of: 'tier', ...params });
  expect([found.status, found.errors![0]!.pointer]).toEqual([400, '?before']);
});

test('why tells each condition, the value, and the smallest change', async () => {
  const [row] = await ask('why', { segmentId: 'north-gold', customerId: 'C2' });
  expect(row).toEqual({
    segmentId: 'north-gold',
    customerId: 'C2',
    isMember: false,
    conditions: [
      {
        pointer: '',
        segment: 'north',
        member: 'region',
        op: 'eq',
        value: 'north',
        customerValue: 'north',
        holds: true,
      },
      {
        pointer: '',
        segment: 'gold',
        member: 'attributes.tier',
        op: 'eq',
        value: 'gold',
        customerValue: 'silver',
        holds: false,
      },
    ],
    change: null,
  });
  const { json } = await world.get(`/v1/segments/nobody/customers/C1?asOf=${WORLD_DAY}`);
  expect(json.data).toMatchObject([
    { isMember: false, change: { member: 'relationships', from: 4, to: 101, relativeChange: 97 / 4 } },
  ]);
  const nobody = await world.get(`/v1/segments/nobody/customers/C99?asOf=${WORLD_DAY}`);
  expect([nobody.status, nobody.problem.code]).toEqual([404, 'customer.not_found']);
});

test.each([
  ['members', { segmentId: 'goldd' }],
  ['members', { segmentId: 'tier:D' }],
  ['overlap', { segments: ['north', 'goldd'] }],
  ['movement', { of: 'goldd' }],
  ['why', { segmentId: 'goldd', customerId: 'C1' }],
])('%s of an unknown segment, %j, is a 404 with the near name', async (name, params) => {
  const found = await refusal(name, params);
  expect([found.status, found.code]).toEqual([404, 'segment.not_found']);
  expect(found.detail).toMatch(/did you mean "(gold|tier:A)"/);
});

test.each([
  { segments: [] },
  { segments: ['north', 'north'] },
  { segments: Array.from({ length: 21 }, (_, i) => `s${i}`) },
])('overlap refuses %j', async (params) => {
  expect((await refusal('overlap', params)).status).toBe(400);
});

/** Past all checks. */
function insertRules({ state }: World, rules: Readonly<Record<string, Rule>>): void {
  const insert = `insert into segments (tenant, id, revision, name, rule, created_at, updated_at)
    values ('default', ?, 1, 'S', ?, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`;
  state.transaction(() => {
    for (const [id, rule] of Object.entries(rules)) state.run(insert, id, JSON.stringify(rule));
  });
}

test('among ten thousand segments one is found; the overlap of too many is refused with the most that there may be', async () => {
  const many = await openWorld({ analyses: segmentAnalyses });
  const ids = Array.from({ length: 10_000 }, (_, i) => `s${String(i).padStart(5, '0')}`);
  insertRules(many, Object.fromEntries(ids.map((id) => [id, SAVED['north']!])));
  const post = (name: string, params: object) =>
    many.post(`/v1/analyses/segments.${name}`, { asOf: WORLD_DAY, ...params });
  const most = await post('overlap', { segments: ids.slice(-20) });
  expect([most.status, most.json.data.length]).toEqual([200, 400]);
  expect(most.json.data.every(({ customers, jaccard }) => customers === 2 && jaccard === 1)).toBe(true);
  for (const segments of [ids.slice(0, 21), ids]) {
    const { status, problem } = await post('overlap', { segments });
    expect([status, problem.code, problem.errors![0]!.pointer]).toEqual([400, 'request.invalid', '/segments']);
    expect(problem.detail).toContain('20');
  }
  expect((await post('rfm', { segment: 's09999' })).json.data[0]).toMatchObject({ customers: expect.any(Number) });
  const unknown = await post('members', { segmentId: 's0999' });
  expect([unknown.status, unknown.problem.code]).toEqual([404, 'segment.not_found']);
  expect(unknown.problem.detail).toContain('did you mean "s0');
  expect(many.faults).toEqual([]);
  await many.close();
});

test('segments that lead back to themselves, however they came to, are refused wherever they are named', async () => {
  const own = await openWorld({ analyses: segmentAnalyses });
  insertRules(own, {
    itself: { not: { segment: 'itself' } },
    one: { segment: 'other' },
    other: { any: [{ segment: 'one' }] },
  });
  for (const id of ['itself', 'one', 'other']) {
    const asked: readonly (readonly [string, object])[] = [
      ['members', { segmentId: id }],
      ['overlap', { segments: [id] }],
      ['movement', { of: id }],
      ['why', { segmentId: id, customerId: 'C1' }],
      ['rfm', { segment: id }],
      ['preview', { rule: { segment: id } }],
    ];
    for (const [name, params] of asked) {
      const { status, problem } = await own.post(`/v1/analyses/segments.${name}`, { asOf: WORLD_DAY, ...params });
      expect([name, status, problem.code]).toEqual([name, 400, 'segment.invalid']);
      expect(problem.detail).toMatch(/themselves: |leads back/);
    }
  }
  expect(own.faults).toEqual([]);
  await own.close();
});

test('a segment is a filter of other analyses', async () => {
  const rows = await ask('rfm', { segment: 'north-gold' });
  expect(rows.map(({ customers }) => customers)).toEqual([1]);
});

test('every answer there is without any customer', async () => {
  const empty = await openWorld({
    analyses: segmentAnalyses,
    rows: { customers: [], products: [], customer_products: [] },
  });
  for (const { name, examples } of segmentAnalyses.filter((one) => one.subject === undefined)) {
    const { status, text } = await empty.post(`/v1/analyses/${name}`, examples[0].params);
    expect([name, status]).toEqual([name, 200]);
    expect(text).not.toContain('NaN');
  }
  await empty.close();
});
