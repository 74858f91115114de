import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../world.ts';
import { chance } from './chance.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const PATH = '/v1/customers/shared';
/** docs/durability.md names how to play more. */
const ROUNDS = Number(process.env['TWO_WRITERS_ROUNDS'] ?? 150);
const VERBS = ['PATCH', 'PUT', 'DELETE'] as const;

/**
 * Writers that have all read one version of a row, and change it by that version: one of them wins, and the row is as
 * that one made it. The others are told that it has changed (412) or is gone (404).
 */
test('of writers of one version exactly one wins, in random rounds', { timeout: 300_000 }, async () => {
  const random = chance(1, 'two writers');
  let etag: string | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (etag === undefined) {
      const made = await world.post('/v1/customers', { customerId: 'shared', customerName: `made ${round}` });
      expect(made.status).toBe(201);
      etag = String(made.headers['etag']);
    }
    const writers = Array.from({ length: 2 + random.below(3) }, (_, i) => ({
      verb: random.is(0.1) ? 'DELETE' : random.pick(VERBS.slice(0, 2)),
      name: `writer ${i} of ${round}`,
      turns: random.below(4),
      // Some name each write, as clients that repeat do.
      key: random.is(0.3) ? { 'idempotency-key': `${round}-${i}` } : {},
    }));
    const answers = await Promise.all(
      writers.map(async ({ verb, name, turns, key }) => {
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        const body = verb === 'DELETE' ? undefined : { customerName: name };
        return world.write(verb, PATH, body, { 'if-match': etag!, ...key });
      }),
    );
    const won = answers.flatMap(({ status }, i) => (status === 200 ? [i] : []));
    expect([round, won.length]).toEqual([round, 1]);
    const { verb, name } = writers[won[0]!]!;
    const lost = answers.filter((_, i) => i !== won[0]).map(({ status }) => status);
    expect(lost.filter((status) => status !== (verb === 'DELETE' ? 404 : 412))).toEqual([]);
    const now = await world.get(PATH);
    if (verb === 'DELETE') expect(now.status).toBe(404);
    else expect((now.json.data as unknown as { customerName: string }).customerName).toBe(name);
    etag = verb === 'DELETE' ? undefined : String(now.headers['etag']);
    if (etag !== undefined) expect(answers[won[0]!]!.headers['etag']).toBe(etag);
  }
});

test('counters that many raise by read, change and If-Match lose nothing', { timeout: 120_000 }, async () => {
  const path = '/v1/relationships/counter';
  const body = { relationshipId: 'counter', customerId: 'C1', productId: 'P1', value: 0 };
  expect((await world.post('/v1/relationships', body)).status).toBe(201);
  const raise = async (): Promise<void> => {
    for (;;) {
      const { json, headers } = await world.get(path);
      const { value } = json.data as unknown as { value: number };
      const changed = await world.write('PATCH', path, { value: value + 1 }, { 'if-match': String(headers['etag']) });
      if (changed.status === 200) return;
      expect(changed.status).toBe(412);
    }
  };
  const clients = Array.from({ length: 5 }, async () => {
    for (let i = 0; i < 5; i += 1) await raise();
  });
  await Promise.all(clients);
  expect(((await world.get(path)).json.data as unknown as { value: number }).value).toBe(25);
});
