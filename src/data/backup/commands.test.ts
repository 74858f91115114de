import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { otherProcess } from '../../../test/other-process.ts';
import { processStartedAt } from '../../lib/process-started.ts';
import { askService } from './ask-service.ts';
import { backupCommand } from './backup-command.ts';
import { restoreCommand } from './restore-command.ts';
import { announceService } from './running-service.ts';
import { contentOf, fill, newFolder, serving, settingsFor } from './test-data.ts';

function io(env: Readonly<Record<string, string>> = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const lines = { stdout: (line: string) => void out.push(line), stderr: (line: string) => void err.push(line) };
  return { out, err, io: { env: { MEMORY_LIMIT: '512MB', ...env }, cwd: newFolder(), ...lines } };
}

async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const backup = (args: readonly string[], one: ReturnType<typeof io>) => backupCommand(args, one.io, '1.2.3');
const restore = (args: readonly string[], one: ReturnType<typeof io>) => restoreCommand(args, one.io);

test.each([
  ['backup', backup, [], 'DIR is missing'],
  ['backup', backup, [''], 'DIR is missing'],
  ['backup', backup, ['a', 'b'], 'only one DIR is taken, not also b'],
  ['backup', backup, ['a', '--replace'], "Unknown option '--replace'"],
  ['restore', restore, ['--force', 'a'], "Unknown option '--force'"],
])('wrong use of %s: %j', async (name, run, args, words) => {
  const one = io();
  expect(await run(args, one)).toBe(2);
  expect(one.err[0]).toContain(words);
  expect(one.err[0]).toContain(`npm run ${name} -- DIR`);
});

test.each([[backup], [restore]])('--help', async (run) => {
  const one = io();
  expect(await run(['--help'], one)).toBe(0);
  expect(one.out[0]).toContain('Exit code: 0 done, 1 not carried out, 2 wrong use.');
});

test('there and back without a service, with a catalog that CATALOG names', async () => {
  const [folder, named] = [newFolder(), join(newFolder(), 'mine.yaml')];
  writeFileSync(named, 'version: 1\n');
  const settings = settingsFor(folder);
  await fill(settings, ['A'], 5);
  const first = io({ DATA_DIR: folder, CATALOG: named });
  expect(await backup(['saved'], first)).toBe(0);
  expect(first.out).toEqual([
    expect.stringMatching(/^ {2}main\.duckdb +\d+\.\d [KM]B$/),
    expect.stringMatching(/^ {2}state\.sqlite +/),
    expect.stringMatching(/^ {2}named-catalog\.yaml +/),
    expect.stringMatching(/saved holds the data of 20\S+Z; made and checked in \d/),
  ]);
  const saved = join(first.io.cwd, 'saved');
  expect(readdirSync(join(folder, 'backups'))).toEqual([]);

  const target = newFolder();
  const second = io({ DATA_DIR: target });
  expect(await restore([saved], second)).toBe(0);
  expect(second.err).toEqual([`it was served by CATALOG=${named}, which is as it was`]);
  expect(second.out.at(-1)).toBe('next: npm start');
  expect(await contentOf(settingsFor(target))).toEqual({ names: ['A'], secret: 5 });

  writeFileSync(named, 'version: 2\n');
  const third = io({ DATA_DIR: target });
  expect(await restore([saved, '--replace'], third)).toBe(0);
  expect(third.err[0]).toContain(`has changed; as it was: ${join(saved, 'named-catalog.yaml')}`);
  expect(third.out).toContainEqual(expect.stringMatching(/^what was there is in .*replaced-\d{8}T\d{6}Z$/));
});

test('nothing to save, and a folder that is used, are refused before anything is done', async () => {
  const folder = newFolder();
  const settings = { DATA_DIR: folder, DEMO: 'off' };
  await expect(backup(['x'], io(settings))).rejects.toMatchObject({
    detail: expect.stringContaining('there is no database file'),
  });
  expect(existsSync(join(folder, 'main.duckdb'))).toBe(false);
  await expect(backup([folder], io({ DATA_DIR: newFolder() }))).rejects.toMatchObject({ code: 'backup.demo' });
  writeFileSync(join(folder, 'x'), '');
  await expect(backup([folder], io(settings))).rejects.toMatchObject({
    detail: expect.stringContaining('is not empty'),
  });
});

test('a service that runs here is asked, and its folder taken', async () => {
  const folder = newFolder();
  const settings = settingsFor(folder);
  await fill(settings, ['A'], 5);
  const { backups, paths } = await serving(settings);
  const address = await listening((request, answer) => {
    if (request.url === '/health') return void answer.end(JSON.stringify({ startedAt: processStartedAt() }));
    void backups.create().then((data) => answer.writeHead(201).end(JSON.stringify({ data })));
  });
  onTestFinished(announceService(paths, address));
  const one = io({ DATA_DIR: folder });
  expect(await backup(['saved'], one)).toBe(0);
  expect(one.out.at(-1)).toMatch(/^the service at http:\S+ made it; writes waited \d+\.\d\d s$/);
  expect(readdirSync(join(one.io.cwd, 'saved'))).toContain('manifest.json');
});

test('what the service refuses is said in its words', async () => {
  const refusing = await listening((_, answer) => {
    answer.writeHead(507).end(JSON.stringify({ detail: 'The disk is full.', hint: 'Free space in DATA_DIR.' }));
  });
  await expect(askService(refusing)).rejects.toMatchObject({
    code: 'backup.failed',
    detail: expect.stringContaining('answered 507: The disk is full. Free space in DATA_DIR.'),
  });
  const other = await listening((_, answer) => void answer.writeHead(404).end('<html>'));
  await expect(askService(other)).rejects.toThrow(/answered 404: <html>/);
  const leaving = await listening((request) => void request.socket.destroy());
  await expect(askService(leaving)).rejects.toThrow(/went away before the backup was made/);
});

test('a database that another process has open is said with what to do', async () => {
  const folder = newFolder();
  await fill(settingsFor(folder), ['A'], 5);
  const holder = otherProcess(
    {
      openDuckdb: new URL('../warehouse/duckdb/warehouse.ts', import.meta.url),
      tenant: new URL('../warehouse/tenant.ts', import.meta.url),
      settingsWith: new URL('../../config/settings.ts', import.meta.url),
    },
    `const file = ${JSON.stringify(join(folder, 'main.duckdb'))};
     const warehouse = await openDuckdb({ settings: settingsWith(), fileOf: () => file, spillDir: file + '.spill' });
     await warehouse.ping(tenant('default'));
     say('open');
     setInterval(() => {}, 1000);`,
  );
  await holder.until((lines) => lines.includes('open'));
  await expect(backup(['x'], io({ DATA_DIR: folder }))).rejects.toMatchObject({
    code: 'warehouse.locked',
    detail: expect.stringContaining('Nothing was saved.'),
  });
  holder.child.kill('SIGKILL');
  await holder.ended;
});

test('files that the catalog reads where they are, are named as not saved', async () => {
  const folder = newFolder();
  await fill(settingsFor(folder), ['A'], 5);
  writeFileSync(
    join(folder, 'catalog.yaml'),
    'version: 1\ntables:\n  raw: { file: raw/x.csv }\n  other: { file: /far/y.parquet }\n  stored: { table: customers }\n',
  );
  const one = io({ DATA_DIR: folder });
  expect(await backup(['saved'], one)).toBe(0);
  expect(one.err).toEqual([
    `not saved, because the catalog reads them where they are: ${join(folder, 'raw', 'x.csv')}, /far/y.parquet`,
  ]);
  writeFileSync(join(folder, 'catalog.yaml'), `# ${'x'.repeat(1024 ** 2)}`);
  const broken = io({ DATA_DIR: folder });
  expect([await backup(['saved'], broken), broken.err]).toEqual([0, []]);
});
