import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { otherProcess } from '../../../test/other-process.ts';
import type { Settings } from '../../config/settings.ts';
import { processStartedAt } from '../../lib/process-started.ts';
import { dataPaths, makeDataFolders } from '../source.ts';
import { openState } from '../state/open-state.ts';
import { announceService } from './running-service.ts';
import { restore } from './restore.ts';
import { CLOCK, contentOf, fill, insert, newFolder, OWNER, serving, settingsFor } from './test-data.ts';

const NEW = { names: ['N1', 'N2'], secret: 9 };
const OLD = { names: ['O1'], secret: 3 };

/** A backup with a catalog, and a row in the log that is not in the database file yet. */
async function newBackup(): Promise<string> {
  const folder = newFolder();
  const settings = settingsFor(folder);
  await fill(settings, ['N1'], NEW.secret);
  writeFileSync(join(folder, 'catalog.yaml'), 'version: 1\n# new\n');
  const { backups, warehouse } = await serving(settings);
  await warehouse.write(OWNER, (writer) => insert(writer, 'N2'));
  const { name } = await backups.create();
  const made = join(newFolder(), 'backup');
  cpSync(join(folder, 'backups', name), made, { recursive: true });
  expect(readdirSync(made)).toContain('main.duckdb.wal');
  return made;
}

async function oldData(): Promise<Settings> {
  const settings = settingsFor(newFolder());
  await fill(settings, OLD.names, OLD.secret);
  writeFileSync(dataPaths(settings).catalog, 'version: 1\n# old\n');
  return settings;
}

const catalogOf = ({ DATA_DIR }: Settings) => readFileSync(join(DATA_DIR, 'catalog.yaml'), 'utf8').slice(13, 16);
const optionsFor = (folder: string, settings: Settings) => ({
  folder,
  settings,
  paths: dataPaths(settings),
  clock: CLOCK,
  isReplacing: true,
});

test('into a folder that is not there', async () => {
  const settings = settingsFor(join(newFolder(), 'data'));
  const { movedTo } = await restore({ ...optionsFor(await newBackup(), settings), isReplacing: false });
  expect(movedTo).toEqual([]);
  expect(await contentOf(settings)).toEqual(NEW);
  expect(readdirSync(settings.DATA_DIR).filter((name) => /restor|replaced/.test(name))).toEqual([]);
});

test('over other data only when told so, which are kept whole', async () => {
  const [backup, settings] = [await newBackup(), await oldData()];
  await expect(restore({ ...optionsFor(backup, settings), isReplacing: false })).rejects.toMatchObject({
    code: 'restore.failed',
    detail: expect.stringMatching(/holds data \(main\.duckdb, state\.sqlite, catalog\.yaml\); --replace/),
  });
  const { movedTo } = await restore(optionsFor(backup, settings));
  expect([await contentOf(settings), catalogOf(settings)]).toEqual([NEW, 'new']);
  expect(movedTo).toEqual([join(settings.DATA_DIR, 'replaced-20260301T100000Z')]);
  const kept = settingsFor(movedTo[0]!);
  expect([await contentOf(kept), catalogOf(kept)]).toEqual([OLD, 'old']);
});

test('a database on another path goes there, and the old one aside beside it', async () => {
  const elsewhere = newFolder();
  const settings = settingsFor(newFolder(), { DUCKDB_FILE: join(elsewhere, 'own.duckdb') });
  await fill(settings, OLD.names, OLD.secret);
  await restore(optionsFor(await newBackup(), settings));
  expect(await contentOf(settings)).toEqual(NEW);
  expect(readdirSync(join(elsewhere, 'replaced-20260301T100000Z'))).toEqual(['own.duckdb']);
});

test('a database that cannot be read any more can be replaced', async () => {
  const settings = await oldData();
  writeFileSync(dataPaths(settings).main, 'broken');
  await restore(optionsFor(await newBackup(), settings));
  expect(await contentOf(settings)).toEqual(NEW);
});

test('a failure at each step leaves the old data whole, or the new after the next start', async () => {
  const [backup, template] = [await newBackup(), await oldData()];
  const outcomes: string[] = [];
  for (let failing = 1, isOver = false; !isOver; failing += 1) {
    const settings = settingsFor(newFolder());
    cpSync(template.DATA_DIR, settings.DATA_DIR, { recursive: true });
    let count = 0;
    const step = () => {
      count += 1;
      if (count === failing) throw new Error(`step ${failing}`);
    };
    isOver = await restore({ ...optionsFor(backup, settings), step }).then(
      () => true,
      () => false,
    );
    const isNew = isOver || existsSync(dataPaths(settings).journal);
    const found = await contentOf(settings);
    expect([found, catalogOf(settings)], `step ${failing}`).toEqual(isNew ? [NEW, 'new'] : [OLD, 'old']);
    expect(existsSync(dataPaths(settings).journal)).toBe(false);
    outcomes.push(isNew ? 'new' : 'old');
  }
  // Copies of four files and the journal, then three old and four new names, and the end.
  expect(outcomes).toEqual([...Array<string>(5).fill('old'), ...Array<string>(9).fill('new')]);
});

test('kill -9 at a step: the same', async () => {
  const [backup, template] = [await newBackup(), await oldData()];
  for (const [at, expected] of [
    [3, OLD],
    [8, NEW],
  ] as const) {
    const settings = settingsFor(newFolder());
    cpSync(template.DATA_DIR, settings.DATA_DIR, { recursive: true });
    const other = otherProcess(
      {
        restore: new URL('./restore.ts', import.meta.url),
        dataPaths: new URL('../source.ts', import.meta.url),
        settingsWith: new URL('../../config/settings.ts', import.meta.url),
      },
      `const settings = settingsWith({ DATA_DIR: ${JSON.stringify(settings.DATA_DIR)}, MEMORY_LIMIT: 512 * 1024 ** 2 });
       let count = 0;
       const step = () => { if (++count === ${at}) process.kill(process.pid, 'SIGKILL'); };
       const options = { folder: ${JSON.stringify(backup)}, settings, paths: dataPaths(settings), clock: () => new Date(), isReplacing: true, step };
       await restore(options);`,
    );
    expect(await other.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await contentOf(settings), `killed at ${at}`).toEqual(expected);
  }
});

test('a restore that was cut off does not keep the next one from its work', async () => {
  const [backup, settings] = [await newBackup(), await oldData()];
  let count = 0;
  const step = () => {
    count += 1;
    if (count === 3) throw new Error('cut off');
  };
  await expect(restore({ ...optionsFor(backup, settings), step })).rejects.toThrow('cut off');
  expect(readdirSync(settings.DATA_DIR)).toContain('main.duckdb.restoring');
  await restore(optionsFor(backup, settings));
  expect(await contentOf(settings)).toEqual(NEW);
  expect(readdirSync(settings.DATA_DIR).filter((name) => name.includes('restoring'))).toEqual([]);
});

test('a folder that a service or another process uses is refused', async () => {
  const [backup, settings] = [await newBackup(), await oldData()];
  const server = createServer((_, answer) => answer.end(JSON.stringify({ startedAt: processStartedAt() }))).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const withdraw = announceService(dataPaths(settings), `http://127.0.0.1:${port}`);
  await expect(restore(optionsFor(backup, settings))).rejects.toMatchObject({
    code: 'restore.failed',
    detail: expect.stringMatching(/a service runs/),
  });
  withdraw();
  server.close();

  const holder = otherProcess(
    {
      openDuckdb: new URL('../warehouse/duckdb/warehouse.ts', import.meta.url),
      tenant: new URL('../warehouse/tenant.ts', import.meta.url),
      settingsWith: new URL('../../config/settings.ts', import.meta.url),
    },
    `const file = ${JSON.stringify(dataPaths(settings).main)};
     const warehouse = await openDuckdb({ settings: settingsWith(), fileOf: () => file, spillDir: file + '.spill' });
     await warehouse.ping(tenant('default'));
     say('open');
     setInterval(() => {}, 1000);`,
  );
  await holder.until((lines) => lines.includes('open'));
  await expect(restore(optionsFor(backup, settings))).rejects.toMatchObject({ code: 'warehouse.locked' });
  holder.child.kill('SIGKILL');
  await holder.ended;
  expect(await contentOf(settings)).toEqual(OLD);
});

test('a backup of a newer version is refused before anything is changed', async () => {
  const [folder, settings] = [newFolder(), await oldData()];
  const source = settingsFor(folder);
  const paths = await fill(source, ['N1'], 1);
  openState({ file: paths.state, clock: CLOCK }).close();
  const state = new DatabaseSync(paths.state);
  state.exec("insert into migrations values (999, 'later', 'x', 'now')");
  state.close();
  const { backups } = await serving(source);
  const { name } = await backups.create();
  await expect(restore(optionsFor(join(folder, 'backups', name), settings))).rejects.toMatchObject({
    code: 'state.unavailable',
    detail: expect.stringContaining('newer version'),
  });
  expect(await contentOf(settings)).toEqual(OLD);
});

test('a folder that is no backup, or a half-made one, is refused', async () => {
  const settings = await oldData();
  const half = newFolder();
  mkdirSync(join(half, 'x'));
  await expect(restore(optionsFor(half, settings))).rejects.toMatchObject({ code: 'restore.failed' });
  makeDataFolders(dataPaths(settings));
  expect(await contentOf(settings)).toEqual(OLD);
});
