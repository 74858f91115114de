import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSettings, SETTINGS } from '../../config/settings.ts';
import { ERRORS } from '../../lib/error-catalog.ts';
import { docsCommand, REFERENCE_PAGES } from './command.ts';
import { errorsPage } from './errors.ts';
import { markdownTable } from './markdown-table.ts';
import { envExample, settingsPage } from './settings.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const firstCells = (page: string) => [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);

function recorder(cwd: string) {
  const [out, err]: [string[], string[]] = [[], []];
  return { cwd, out, err, stdout: (line: string) => out.push(line), stderr: (line: string) => err.push(line) };
}

describe('the pages', () => {
  test('name every setting, and nothing else', () => {
    expect(firstCells(settingsPage(SETTINGS))).toEqual(Object.keys(SETTINGS));
    const inEnv = [...envExample(SETTINGS).matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(inEnv).toEqual(Object.keys(SETTINGS));
  });

  test('name every error code, and nothing else', () => {
    const listed = firstCells(errorsPage(ERRORS));
    expect(new Set(listed)).toEqual(new Set(Object.keys(ERRORS)));
    expect(listed).toHaveLength(Object.keys(ERRORS).length);
  });

  test('say on the first line that they are generated', async () => {
    for (const { render } of REFERENCE_PAGES) expect((await render()).split('\n')[0]).toContain('Generated from src/');
  });

  test('an example of the environment with every # taken away gives the defaults', () => {
    const assigned = [...envExample(SETTINGS).matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
    expect(readSettings(Object.fromEntries(assigned))).toEqual(readSettings({}));
  });

  test('do not depend on the machine', () => {
    const other = { ...SETTINGS, THREADS: { ...SETTINGS.THREADS, default: SETTINGS.THREADS.default + 1 } };
    expect(settingsPage(other)).toBe(settingsPage(SETTINGS));
    expect(envExample(other)).toBe(envExample(SETTINGS));
  });

  test('show default, bounds, unit and secrecy of a setting', () => {
    const page = settingsPage({
      A: { type: 'int', default: 4, min: 1, max: 16, unit: 'rows', help: 'Some | rows.', isSecret: false },
      B: { type: 'text', default: '', unit: '', help: 'A key.', isSecret: true },
    });
    expect(page).toContain('| `A` | `4` | a whole number from 1 to 16 rows | Some \\| rows. |');
    expect(page).toContain('| `B` | (empty) | any text | A key. Secret: never logged. |');
  });

  test('order errors by status, then by code', () => {
    const entry = (status: number) => ({ status, title: 't', hint: 'h' });
    expect(firstCells(errorsPage({ z: entry(404), b: entry(500), a: entry(500), y: entry(400) }))).toEqual([
      'y',
      'z',
      'a',
      'b',
    ]);
  });

  test('a cell stays one cell', () => {
    expect(markdownTable(['a'], [['x|y\nz']])).toBe('| a |\n| --- |\n| x\\|y z |');
  });
});

test('every code of the catalog is thrown somewhere', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).filter((path) => !/error-catalog|\.test\.ts$/.test(path));
  const text = files.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  expect(Object.keys(ERRORS).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});

describe('npm run docs', () => {
  let folder: string;
  const pages = [
    { path: 'a.md', render: () => 'first\n' },
    { path: 'deep/b.md', render: async () => 'second\n' },
  ];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'docs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('the pages in the repository are up to date', async () => {
    const io = recorder(root);
    expect({ code: await docsCommand(['--check'], io), stale: io.err }).toEqual({ code: 0, stale: [] });
  });

  test('writes what is missing or stale, and only that', async () => {
    writeFileSync(join(folder, 'a.md'), 'first\r\n');
    const io = recorder(folder);
    expect(await docsCommand([], io, pages)).toBe(0);
    expect(readFileSync(join(folder, 'deep', 'b.md'), 'utf8')).toBe('second\n');
    expect(io.out).toEqual(['wrote deep/b.md', '1 of 2 generated pages were up to date']);
    expect(readFileSync(join(folder, 'a.md'), 'utf8')).toBe('first\r\n');
  });

  test('--check names stale pages and writes nothing', async () => {
    writeFileSync(join(folder, 'a.md'), 'old\n');
    const io = recorder(folder);
    expect(await docsCommand(['--check'], io, pages)).toBe(1);
    expect(io.err).toEqual(['a.md', 'deep/b.md'].map((path) => `${path} is not up to date: run npm run docs`));
    expect(readFileSync(join(folder, 'a.md'), 'utf8')).toBe('old\n');
    await docsCommand([], io, pages);
    expect(await docsCommand(['--check'], io, pages)).toBe(0);
    expect(io.out.at(-1)).toBe('2 generated pages are up to date');
  });

  test('an argument that it does not know is refused', async () => {
    const io = recorder(folder);
    expect(await docsCommand(['--chek'], io, pages)).toBe(2);
    expect(io.err).toEqual(['docs: --chek is not known; the only argument is --check']);
  });

  test('a page that cannot be read is not taken for a stale one', async () => {
    await expect(docsCommand([], recorder(folder), [{ path: '.', render: () => '' }])).rejects.toThrow('EISDIR');
  });
});
