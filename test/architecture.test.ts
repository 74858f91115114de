import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';

/** A folder of src/ imports only from itself and from those before it; the last are the files directly in src/. */
const LAYERS = ['lib', 'config', 'data', 'analysis', 'delivery', 'http', 'features', ''];
const IMPORT = /(?:\bfrom|\bimport|\bimport\s*\(|\bnew URL\()\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** What is wrong with `from` importing `to`, both paths from the root of the project; undefined when nothing is. */
function objection(from: string, to: string): string | undefined {
  const [source, target] = [place(from), place(to)];
  if (to === 'package.json') return undefined;
  if (!to.startsWith('src/')) return 'src/ must run without it';
  if (source.rank < 0) return `src/${source.layer}/ is not one of the layers`;
  if (target.rank > source.rank) return `${target.layer || 'the app'} comes after ${source.layer}`;
  if (target.layer !== 'features' || target.feature === source.feature) return undefined;
  if (source.layer !== 'features') return target.feature === '' ? undefined : 'only features/index.ts is for others';
  return source.feature === '' ? undefined : 'a feature never imports another; what two need moves down';
}

/** The feature is '' for features/index.ts, which belongs to none. */
function place(path: string) {
  const folders = path.split('/').slice(1, -1);
  const layer = folders[0] ?? '';
  return { layer, rank: LAYERS.indexOf(layer), feature: layer === 'features' ? (folders[1] ?? '') : undefined };
}

const importsOf = (path: string, text: string) =>
  [...text.matchAll(IMPORT)].map(([, target]) => posix.join(posix.dirname(path), target!));

test('every import of src/ goes to its own layer or an earlier one, and never from feature to feature', () => {
  // Tests stand outside: they may build what they test from above, and use what test/ offers.
  const files = globSync('src/**/*.ts', { exclude: ['**/*.test.ts'] }).map((path) => path.replaceAll('\\', '/'));
  const pairs = files.flatMap((path) => importsOf(path, readFileSync(path, 'utf8')).map((to) => [path, to] as const));
  expect(pairs.length).toBeGreaterThan(20);
  const problems = pairs.map(([from, to]) => [from, to, objection(from, to)]).filter(([, , problem]) => problem);
  expect(problems.map(([from, to, problem]) => `${from} imports ${to}: ${problem}`)).toEqual([]);
});

test.each([
  ['src/lib/names.ts', 'src/config/settings.ts', 'config comes after lib'],
  ['src/data/sql/sql.ts', 'src/analysis/run.ts', 'analysis comes after data'],
  ['src/features/a/routes.ts', 'src/app.ts', 'the app comes after features'],
  ['src/features/a/routes.ts', 'src/features/b/model.ts', 'a feature never imports another'],
  ['src/features/a/routes.ts', 'src/features/index.ts', 'a feature never imports another'],
  ['src/app.ts', 'src/features/a/routes.ts', 'only features/index.ts'],
  ['src/helpers/x.ts', 'src/lib/names.ts', 'not one of the layers'],
  ['src/http/mount.ts', 'test/worlds.ts', 'src/ must run without it'],
  ['src/data/warehouse/snowflake/run.ts', 'test/snowflake/stand-in.ts', 'src/ must run without it'],
  ['src/http/mount.ts', 'bench/main.ts', 'src/ must run without it'],
])('%s must not import %s', (from, to, problem) => {
  expect(objection(from, to)).toContain(problem);
});

test.each([
  ['src/data/sql/compile.ts', 'src/data/warehouse/tenant.ts'],
  ['src/http/mount.ts', 'src/lib/names.ts'],
  ['src/features/a/routes.ts', 'src/features/a/model.ts'],
  ['src/features/index.ts', 'src/features/a/routes.ts'],
  ['src/app.ts', 'src/features/index.ts'],
  ['src/http/index-page.ts', 'package.json'],
])('%s may import %s', (from, to) => {
  expect(objection(from, to)).toBeUndefined();
});

test('imports are found in every form, types too', () => {
  const text = `
    import type { A } from './a.ts';
    import {
      B,
    } from "../b.ts";
    import './c.ts';
    export * from './d.ts';
    const e = await import('./e.ts');
    new Worker(new URL('./f.ts', import.meta.url));
    import fs from 'node:fs';`;
  const names = ['x/y/a.ts', 'x/b.ts', 'x/y/c.ts', 'x/y/d.ts', 'x/y/e.ts', 'x/y/f.ts'];
  expect(importsOf('x/y/here.ts', text)).toEqual(names);
});
