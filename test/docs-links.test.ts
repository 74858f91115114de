import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root });
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

test('every link between pages leads to a file', () => {
  const links = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map(([, target]) => ({ page, target })),
  );
  expect(links.length).toBeGreaterThan(20);
  const dead = links.filter(({ page, target }) => !existsSync(join(root, dirname(page), target!)));
  expect(dead).toEqual([]);
});

test('every page of docs/ can be reached from its index', () => {
  const reached = new Set<string>();
  const walk = (page: string): void => {
    if (reached.has(page) || !existsSync(join(root, page))) return;
    reached.add(page);
    for (const [, target] of textOf(page).matchAll(/\]\((?!https?:|#)([^)#\s]+\.md)[^)]*\)/g))
      walk(join(dirname(page), target!));
  };
  walk(join('docs', 'README.md'));
  expect(pages.filter((page) => page.startsWith('docs') && !reached.has(page))).toEqual([]);
});
