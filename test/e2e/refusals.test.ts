import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from './data-folder.ts';
import { PROJECT, service } from './service-process.ts';

/** What a process says that ends with exit code 1. */
async function refusal(dataDir: string, env: Readonly<Record<string, string>> = {}, user?: number): Promise<string> {
  const { code, said } = await service(dataDir, env, user).ended;
  expect(code, said).toBe(1);
  expect(said).not.toContain('    at ');
  return said;
}

test('all settings with bad values are named at once, and misspelt ones with the near name', async () => {
  const dataDir = join(folderWith(), 'data');
  const said = await refusal(dataDir, { PORT: 'eight', THREADS: '0', LOG_LEVEL: 'loud', MEMORY_LIMIT: 'much' });
  for (const line of [
    'PORT="eight": a whole number from 0 to 65535',
    'THREADS="0": a whole number from 1 to 256',
    'LOG_LEVEL="loud": one of fatal, error, warn, info, debug, trace, silent',
    'MEMORY_LIMIT="much": a size such as 512MB, 2GB or 50%',
  ])
    expect(said).toContain(line);
  expect(existsSync(dataDir)).toBe(false);
});

test('a name that looks like a setting is warned about, and the service starts', async () => {
  const running = service(folderWith(), { DEMO: 'off', HEAVY_CONECTIONS: '3' });
  await running.serves();
  expect(running.said()).toContain('HEAVY_CONECTIONS is not a setting (did you mean "HEAVY_CONNECTIONS"?)');
});

test('a database file that is none', async () => {
  const folder = folderWith({ 'main.duckdb': 'these are no pages of a database '.repeat(1000) });
  const file = join(folder, 'main.duckdb');
  expect(await refusal(folder)).toBe(
    `the service cannot start: ${file} is not a database that this version can read.\n`,
  );
});

test('a catalog that is not there', async () => {
  const folder = folderWith();
  const CATALOG = join(folder, 'none.yaml');
  expect(await refusal(folder, { CATALOG })).toBe(
    `the service cannot start: ${CATALOG}:1:1 the file cannot be read (ENOENT)\n`,
  );
});

test('a catalog with mistakes: one line each, with its place and the near name', async () => {
  const folder = folderWith({
    'bad.yaml': `version: 1
tables:
  customers: { file: people.csv, columns: { customer_id: idd } }
  orders: { file: nothing.csv }
`,
    'people.csv': 'id,name\n1,Ann\n',
  });
  const said = await refusal(folder, { CATALOG: join(folder, 'bad.yaml') });
  const lines = said.trimEnd().split('\n');
  const file = join(folder, 'bad.yaml');
  expect(lines[0]).toMatch(/^the service cannot start: /);
  expect(lines.slice(-2)).toEqual([
    `${file}:3:58 the file of customers has no column "idd" (did you mean "id"?)`,
    `${file}:4:19 there is no file "${join(folder, 'nothing.csv')}"`,
  ]);
});

test('a DATA_DIR that is a file', async () => {
  const dataDir = join(folderWith({ taken: 'a file' }), 'taken');
  expect(await refusal(dataDir)).toContain(`the service cannot start: DATA_DIR=${JSON.stringify(dataDir)}: the folder`);
});

/** Root may write everywhere, so it becomes somebody who may not; undefined where he could not even read the project. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const canRead = (uid: number) => spawnSync('test', ['-r', `${PROJECT}package.json`], { uid }).status === 0;
const isPossible = process.platform !== 'win32' && (!isRoot || canRead(NOBODY));
if (!isPossible) process.stderr.write('skipped: a DATA_DIR without permission, there is no user who lacks it\n');

test.skipIf(!isPossible)('a DATA_DIR without permission: empty, with its folders, unreadable', async () => {
  const dataDir = folderWith();
  const refused = async (mode: number) => {
    chmodSync(dataDir, mode);
    const said = await refusal(dataDir, {}, isRoot ? NOBODY : undefined);
    chmodSync(dataDir, 0o755);
    return said;
  };
  expect(await refused(0o555)).toMatch(/^the service cannot start: DATA_DIR=.*permission denied/);
  for (const name of ['raw', 'processed', 'processed/spill', 'exports']) mkdirSync(join(dataDir, name));
  expect(await refused(0o555)).toMatch(
    /the service cannot start: .*demo\.duckdb.* cannot be opened: its folder is missing, or it may not be read or written\.\n$/,
  );
  expect(await refused(0o111)).toMatch(/the service cannot start: .*permission denied/);
});
