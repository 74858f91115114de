import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CORE_TABLES } from './core-tables.ts';
import { CatalogFileSchema } from './file-schema.ts';
import { parseCatalogFile } from './parse-file.ts';

const page = readFileSync(new URL('../../../docs/catalog.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text!);

test('every example of docs/catalog.md is a catalog without mistakes', () => {
  expect(examples.length).toBeGreaterThanOrEqual(6);
  expect(examples.flatMap((text, i) => parseCatalogFile(text, `example ${i + 1}`).problems.lines())).toEqual([]);
});

test('docs/catalog.md says something about every key of the format', () => {
  const keys = new Set<string>();
  JSON.stringify(CatalogFileSchema, (key, value: unknown) => {
    if (key === 'properties') for (const name of Object.keys(value as object)) keys.add(name);
    return value;
  });
  const core = Object.values(CORE_TABLES).flatMap(({ columns }) => columns.map(({ name }) => name));
  const own = [...keys].filter((key) => !core.includes(key));
  expect(own.length).toBeGreaterThan(25);
  expect(own.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
});
