import { readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { importReports } from '../../../src/data/state/import-reports.ts';
import { openState } from '../../../src/data/state/open-state.ts';
import { lockImports } from '../../../src/features/imports/account/import-lock.ts';
import { noteLoad } from '../../../src/features/imports/account/left-stages.ts';
import { settleImports } from '../../../src/features/imports/jobs/commit-record.ts';
import { onAccount, owner } from './world.ts';

const PEOPLE = '    customers: { sql: "select id as customer_id from people" }';
const FILES = { 'people.csv': 'id\nC1\n' };

/** An account, the service's own records, and imports whose rows are stored while their record says that they run. */
async function world() {
  const account = await onAccount();
  const state = openState({ file: join(account.root, 'state.sqlite'), clock: () => new Date() });
  onTestFinished(() => state.close());
  const reports = importReports(state);
  const stored = async (note: string) => {
    const { id, startedAt } = await reports.start(owner, note);
    const plan = { file: join(account.root, `${note}.yaml`), text: `version: 1 # ${note}\n` };
    const record = (report: object) => ({ id, startedAt, report, plan, folder: account.root }) as never;
    expect(await account.importFiles(FILES, PEOPLE, {}, { record })).toMatchObject({ outcome: 'imported' });
    return id;
  };
  const settle = () => settleImports({ ...account, state, owner }, account.warehouse);
  const kept = () => readFileSync(account.paths.catalog, 'utf8').split('\n').slice(1).join('\n');
  return { account, reports, stored, settle, kept };
}

test('an older import that is settled does not take the catalog of a newer one away', async () => {
  const { reports, stored, settle, kept } = await world();
  const older = await stored('A');
  const newer = await stored('B');
  await settle();
  expect(kept()).toBe('version: 1 # B\n');
  expect((await reports.list(owner, 9)).map(({ id, outcome }) => [id, outcome])).toEqual([
    [newer, 'imported'],
    [older, 'imported'],
  ]);
  const lost = await stored('C');
  const known = await reports.start(owner, 'D');
  await reports.finish(owner, known.id, 'imported', null);
  await settle();
  expect(await reports.get(owner, lost)).toMatchObject({ outcome: 'imported' });
  expect(kept()).toBe('version: 1 # B\n');
});

test('while another process imports, a start settles nothing and drops nothing', async () => {
  const { account, reports, settle } = await world();
  const { id } = await reports.start(owner, 'A');
  await noteLoad(account.paths, 'abc');
  await mkdir(join(account.root, 'raw', `import-${id}`));
  const release = lockImports(account);
  const before = account.texts.length;
  await settle();
  expect(account.texts).toHaveLength(before);
  expect(await reports.get(owner, id)).toMatchObject({ outcome: 'running' });
  expect(await readdir(join(account.root, 'raw'))).toEqual([`import-${id}`]);
  expect(() => lockImports(account)).toThrow(/^warehouse\.locked: another process with this DATA_DIR is importing/);
  release();
  await settle();
  expect(await reports.get(owner, id)).toMatchObject({ outcome: 'interrupted' });
  expect(await readdir(join(account.root, 'processed', 'loads'))).toEqual([]);
  expect(await readdir(join(account.root, 'raw'))).toEqual([]);
});
