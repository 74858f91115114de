import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { otherProcess } from '../../../test/other-process.ts';
import { tenant } from '../warehouse/tenant.ts';
import { idempotencyKeys, type IdempotencyKeys, type KeyedWrite } from './idempotency.ts';
import { openState, type State } from './open-state.ts';

const HOUR = 60 * 60 * 1_000;
const NOON = Date.parse('2026-03-01T12:00:00Z');
const write: KeyedWrite = { tenant: tenant('default'), key: 'k', fingerprint: 'f', target: 'T' };
const answer = { status: 201, headers: { etag: '"e"', location: '/v1/é' }, text: '{"data":"✓"}' };

let folder: string;
let file: string;
let now: number;
let state: State;
let keys: IdempotencyKeys;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  file = join(folder, 'state.sqlite');
  now = NOON;
  state = openState({ file, clock: () => new Date(now) });
  keys = idempotencyKeys(state);
});
afterEach(() => {
  state.close();
  rmSync(folder, { recursive: true, force: true });
});

const stored = () => state.all('select key from idempotency_keys order by key').map(({ key }) => key);
const started = { fingerprint: 'f', target: 'T', answer: undefined };

test('a key is started, then done with its answer, also after a restart', async () => {
  expect(await keys.start(write)).toBeUndefined();
  expect(await keys.start({ ...write, fingerprint: 'other', target: 'U' })).toEqual(started);
  await keys.finish(write, answer);
  state.close();
  state = openState({ file, clock: () => new Date(now) });
  expect(await idempotencyKeys(state).start(write)).toEqual({ ...started, answer });
});

test('the first answer stays, and a key that was answered is not forgotten', async () => {
  await keys.start(write);
  await keys.finish(write, answer);
  await keys.finish(write, { ...answer, text: 'second' });
  await keys.forget(write);
  expect(await keys.start(write)).toEqual({ ...started, answer });
});

test('a key that was forgotten is free; one of another request stays', async () => {
  await keys.start(write);
  await keys.forget({ ...write, fingerprint: 'other' });
  expect(await keys.start(write)).toEqual(started);
  await keys.forget(write);
  await keys.finish(write, answer);
  expect(await keys.start({ ...write, fingerprint: 'g' })).toBeUndefined();
});

test('keys of tenants do not meet', async () => {
  const theirs = { ...write, tenant: tenant('other'), fingerprint: 'g' };
  await keys.start(write);
  expect(await keys.start(theirs)).toBeUndefined();
  await keys.finish(theirs, answer);
  await keys.forget({ ...write, tenant: tenant('third') });
  expect(await keys.start(write)).toEqual(started);
});

test('a key is kept for 24 hours, and pruned by the next one', async () => {
  await keys.start(write);
  await keys.finish(write, answer);
  now = NOON + 24 * HOUR - 1;
  await keys.start({ ...write, key: 'l' });
  expect(stored()).toEqual(['k', 'l']);
  now = NOON + 24 * HOUR;
  await keys.start({ ...write, key: 'm' });
  expect(stored()).toEqual(['l', 'm']);
});

test('an old key is free even when others are pruned before it', async () => {
  for (let i = 0; i < 100; i++) await keys.start({ ...write, key: `old ${i}` });
  now += 1;
  await keys.start(write);
  await keys.finish(write, answer);
  now += 24 * HOUR;
  expect(await keys.start({ ...write, fingerprint: 'g', target: 'U' })).toBeUndefined();
  expect(stored()).toEqual(['k']);
  expect(await keys.start(write)).toEqual({ fingerprint: 'g', target: 'U', answer: undefined });
});

test('a clock that is set back forgets nothing', async () => {
  await keys.start(write);
  now = NOON - 48 * HOUR;
  expect(await keys.start(write)).toEqual(started);
  await keys.finish(write, answer);
  expect(await keys.start(write)).toEqual({ ...started, answer });
});

test('an answer that comes after its key was pruned is dropped', async () => {
  await keys.start(write);
  now = NOON + 25 * HOUR;
  await keys.start({ ...write, key: 'l' });
  await keys.finish(write, answer);
  expect(await keys.start(write)).toBeUndefined();
});

test('of processes that bring one key at the same moment, one starts it', async () => {
  const imports = {
    openState: new URL('./open-state.ts', import.meta.url),
    idempotencyKeys: new URL('./idempotency.ts', import.meta.url),
    tenant: new URL('../warehouse/tenant.ts', import.meta.url),
  };
  const others = ['a', 'b', 'c'].map((target) =>
    otherProcess(
      imports,
      `const state = openState({ file: ${JSON.stringify(file)}, clock: () => new Date(${NOON}) });
      say('ready');
      process.stdin.once('data', async () => {
        const known = await idempotencyKeys(state).start({ tenant: tenant('default'), key: 'k', fingerprint: 'f', target: '${target}' });
        say(known === undefined ? 'started ${target}' : known.target);
        state.close();
        process.exit(0);
      });`,
    ),
  );
  await Promise.all(others.map((other) => other.until((lines) => lines.includes('ready'))));
  for (const { child } of others) child.stdin.write('go\n');
  expect(await Promise.all(others.map(({ ended }) => ended))).toEqual(others.map(() => ({ code: 0, signal: null })));
  const said = others.map(({ lines }) => lines[1]!);
  const first = said.find((line) => line.startsWith('started '))!.slice('started '.length);
  expect(said.map((line) => line.replace('started ', ''))).toEqual([first, first, first]);
  expect(said.filter((line) => line.startsWith('started '))).toHaveLength(1);
});

test.each([
  ['forward', 25 * HOUR],
  ['back', -48 * HOUR],
])('a clock that jumps %s between start and answer loses no answer', async (_, jump) => {
  await keys.start(write);
  now += jump;
  await keys.finish(write, answer);
  now = NOON;
  expect(await keys.start(write)).toEqual({ ...started, answer });
});

test('a key that expired between start and answer and was taken anew is not given the old answer', async () => {
  await keys.start(write);
  now += 25 * HOUR;
  expect(await keys.start({ ...write, fingerprint: 'other', target: 'U' })).toBeUndefined();
  await keys.finish(write, answer);
  const known = await keys.start({ ...write, fingerprint: 'other', target: 'U' });
  expect(known).toEqual({ fingerprint: 'other', target: 'U', answer: undefined });
});

test('keys that come at once share a transaction; one that fails leaves its neighbours', async () => {
  const begun = vi.spyOn(DatabaseSync.prototype, 'exec');
  const many = Array.from({ length: 20 }, (_, i) => keys.start({ ...write, key: `k${i}` }));
  expect(await Promise.all(many)).toEqual(many.map(() => undefined));
  expect(begun.mock.calls.filter(([text]) => text.startsWith('begin'))).toHaveLength(1);
  begun.mockRestore();
  const fails = state.together(() => {
    state.run("delete from idempotency_keys where key = 'k0'");
    throw new RangeError('no');
  });
  const works = state.together(() => state.run("delete from idempotency_keys where key = 'k1'"));
  await expect(fails).rejects.toThrow('no');
  expect(await works).toBe(1);
  await expect(state.together(() => state.run('broken'))).rejects.toThrow();
  expect(stored()).toContain('k0');
  expect(stored()).not.toContain('k1');
});

test('old keys are found by their age, not by reading all', () => {
  const prune = `delete from idempotency_keys where (tenant, key) in
    (select tenant, key from idempotency_keys where created_at <= ? order by created_at limit 100)`;
  const plan = state.all(`explain query plan ${prune}`, 'x').map(({ detail }) => String(detail));
  expect(plan.join('; ')).toContain('idempotency_keys_by_age (created_at<?)');
  expect(plan.join('; ')).not.toMatch(/SCAN idempotency_keys/);
});
