import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { otherProcess } from '../../../test/other-process.ts';
import { tenant } from '../warehouse/tenant.ts';
import { cursorSecret } from './cursor-secret.ts';
import { importReports } from './import-reports.ts';
import { openState } from './open-state.ts';

const clock = () => new Date('2026-03-01T10:00:00Z');
const ours = tenant('default');
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  file = join(folder, 'data', 'state.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another process with this store open as `state`. */
function otherService(body: string) {
  const imports = {
    openState: new URL('./open-state.ts', import.meta.url),
    cursorSecret: new URL('./cursor-secret.ts', import.meta.url),
    importReports: new URL('./import-reports.ts', import.meta.url),
    tenant: new URL('../warehouse/tenant.ts', import.meta.url),
  };
  const open = `import { randomBytes } from 'node:crypto'; const open = () => openState({ file: ${JSON.stringify(file)}, clock: () => new Date() });\n`;
  return otherProcess(imports, open + body);
}

describe('the secret of cursors', () => {
  test('is made once from the random source and survives a restart', async () => {
    const first = openState({ file, clock });
    const made = await cursorSecret(first, (size) => new Uint8Array(size).fill(7));
    first.close();
    const second = openState({ file, clock });
    expect(await cursorSecret(second, randomBytes)).toEqual(new Uint8Array(32).fill(7));
    expect(made).toEqual(new Uint8Array(32).fill(7));
    expect(second.all('select made_at from secrets')).toEqual([{ made_at: '2026-03-01T10:00:00.000Z' }]);
    second.close();
  });

  test('is the same in processes that open new stores at the same moment, again and again', async () => {
    const others = Array.from({ length: 4 }, () =>
      otherService(`
        say('ready');
        process.stdin.on('data', async (name) => {
          const state = openState({ file: ${JSON.stringify(`${file}.`)} + String(name).trim(), clock: () => new Date() });
          say(Buffer.from(await cursorSecret(state, randomBytes)).toString('hex'));
          state.close();
        });
        process.stdin.once('end', () => process.exit(0));`),
    );
    for (let round = 0; round < 20; round++) {
      await Promise.all(others.map((other) => other.until(({ length }) => length === round + 1)));
      for (const { child } of others) child.stdin.write(`${round}\n`);
    }
    await Promise.all(others.map((other) => other.until(({ length }) => length === 21)));
    for (const { child } of others) child.stdin.end();
    expect(await Promise.all(others.map((other) => other.ended))).toEqual(
      others.map(() => ({ code: 0, signal: null })),
    );
    const [first, ...rest] = others.map(({ lines }) => lines.slice(1));
    expect(rest).toEqual([first, first, first]);
    expect(new Set(first)).toHaveProperty('size', 20);
  });
});

describe('reports of imports', () => {
  test('run from started to finished, and survive a restart', async () => {
    let now = new Date('2026-03-01T10:00:00Z');
    const state = openState({ file, clock: () => now });
    const { id } = await importReports(state).start(ours, 'northwind.yaml');
    const started = { id, startedAt: '2026-03-01T10:00:00.000Z', catalogFile: 'northwind.yaml' };
    expect(await importReports(state).get(ours, id)).toEqual({
      ...started,
      finishedAt: null,
      outcome: 'running',
      report: null,
    });
    now = new Date('2026-03-01T10:00:09Z');
    await importReports(state).finish(ours, id, 'imported', { rows: 2155, 'naïve ✓': [null, 1.5] });
    state.close();

    const again = openState({ file, clock });
    expect(await importReports(again).get(ours, id)).toEqual({
      ...started,
      finishedAt: '2026-03-01T10:00:09.000Z',
      outcome: 'imported',
      report: { rows: 2155, 'naïve ✓': [null, 1.5] },
    });
    again.close();
  });

  test('are listed newest first, no more than asked for', async () => {
    const state = openState({ file, clock });
    const reports = importReports(state);
    for (const catalog of ['a', 'b', 'c']) await reports.start(ours, catalog);
    expect((await reports.list(ours, 2)).map(({ catalogFile }) => catalogFile)).toEqual(['c', 'b']);
    state.close();
  });

  test('finish once, and only when they were started', async () => {
    const state = openState({ file, clock });
    const reports = importReports(state);
    const { id } = await reports.start(ours, 'a');
    await reports.finish(ours, id, 'failed', null);
    await expect(reports.finish(ours, id, 'imported', null)).rejects.toThrow(RangeError);
    await expect(reports.finish(ours, '99', 'imported', null)).rejects.toThrow('no import "99" is running');
    expect(await reports.get(ours, "1' or '1'='1")).toBeUndefined();
    state.close();
  });

  test('of another tenant are not there', async () => {
    const state = openState({ file, clock });
    const reports = importReports(state);
    const { id } = await reports.start(ours, 'a');
    const theirs = tenant('other');
    expect(await reports.get(theirs, id)).toBeUndefined();
    expect(await reports.list(theirs, 10)).toEqual([]);
    await expect(reports.finish(theirs, id, 'imported', null)).rejects.toThrow(RangeError);
    state.close();
  });
});

test('kill -9 in the middle of a write: acknowledged rows are there, the open write is not', async () => {
  const other = otherService(`
    const state = open();
    const reports = importReports(state);
    for (let i = 0; i < 25; i++) {
      const { id } = await reports.start(tenant('default'), 'file ' + i);
      await reports.finish(tenant('default'), id, 'imported', { i });
      say(id);
    }
    state.transaction(() => {
      void reports.start(tenant('default'), 'never committed');
      say('inside');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`);
  await other.until((lines) => lines.includes('inside'));
  other.child.kill('SIGKILL');
  expect(await other.ended).toEqual({ code: null, signal: 'SIGKILL' });
  const acknowledged = other.lines.filter((line) => line !== 'inside');
  expect(acknowledged).toHaveLength(25);

  const state = openState({ file, clock });
  const stored = await importReports(state).list(ours, 1000);
  expect(stored.map(({ id }) => id).reverse()).toEqual(acknowledged);
  expect(stored.map(({ report }) => report).reverse()).toEqual(acknowledged.map((_, i) => ({ i })));
  expect(state.all('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  state.close();
});
