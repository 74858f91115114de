import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settingsWith } from '../config/settings.ts';
import { chooseSource, dataPaths, makeDataFolders } from './source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const settings = (changes = {}) => settingsWith({ DATA_DIR: folder, ...changes });
const chosen = (changes = {}) => chooseSource(settings(changes), dataPaths(settings(changes)));

describe('dataPaths', () => {
  test('everything is below DATA_DIR, as an absolute path', () => {
    const { folders, ...paths } = dataPaths(settingsWith({ DATA_DIR: './data' }));
    for (const path of [...folders, ...Object.values(paths)]) expect(path.startsWith(resolve('data'))).toBe(true);
  });

  test('except a database file of the user', () => {
    expect(dataPaths(settings({ DUCKDB_FILE: '/srv/my.duckdb' })).main).toBe('/srv/my.duckdb');
  });
});

describe('makeDataFolders', () => {
  test('makes them once and again', () => {
    const paths = dataPaths(settings({ DATA_DIR: join(folder, 'a', 'b') }));
    makeDataFolders(paths);
    makeDataFolders(paths);
    for (const path of [...paths.folders, paths.spill]) expect(existsSync(path)).toBe(true);
  });

  test('says which setting is wrong when a file is in the way', () => {
    writeFileSync(join(folder, 'file'), '');
    chmodSync(folder, 0o755);
    const paths = dataPaths(settings({ DATA_DIR: join(folder, 'file') }));
    expect(() => makeDataFolders(paths)).toThrow(/settings\.invalid: DATA_DIR=".*file": the folder cannot be made/);
  });
});

describe('chooseSource', () => {
  test('the demo, while there is nothing else', () => {
    expect(chosen()).toEqual({ kind: 'demo', database: join(folder, 'demo.duckdb'), catalogFile: undefined });
  });

  test('no demo when it is off, when a catalog or a database is named, or when something was imported', () => {
    expect(chosen({ DEMO: 'off' }).kind).toBe('main');
    expect(chosen({ CATALOG: 'c.yaml' })).toMatchObject({ kind: 'main', catalogFile: resolve('c.yaml') });
    expect(chosen({ DUCKDB_FILE: 'x.duckdb' })).toMatchObject({ kind: 'main', database: resolve('x.duckdb') });
    writeFileSync(join(folder, 'main.duckdb'), '');
    expect(chosen()).toEqual({ kind: 'main', database: join(folder, 'main.duckdb'), catalogFile: undefined });
  });

  test('the catalog that an import kept is served, unless another one is named', () => {
    writeFileSync(join(folder, 'catalog.yaml'), '');
    expect(chosen({ DEMO: 'off' }).catalogFile).toBe(join(folder, 'catalog.yaml'));
    expect(chosen({ CATALOG: '/c.yaml' }).catalogFile).toBe('/c.yaml');
  });
});
