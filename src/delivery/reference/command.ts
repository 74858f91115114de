import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SETTINGS } from '../../config/settings.ts';
import { ERRORS } from '../../lib/error-catalog.ts';
import { errorsPage } from './errors.ts';
import { envExample, settingsPage } from './settings.ts';

/** A file that is generated from a registry; `path` is relative to the root of the project. */
export type ReferencePage = { readonly path: string; readonly render: () => string | Promise<string> };

/** The pages that need nothing but the code. */
export const REFERENCE_PAGES: readonly ReferencePage[] = Object.freeze([
  { path: 'docs/reference/settings.md', render: () => settingsPage(SETTINGS) },
  { path: 'docs/reference/errors.md', render: () => errorsPage(ERRORS) },
  { path: '.env.example', render: () => envExample(SETTINGS) },
]);

type Io = {
  readonly cwd: string;
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
};

/**
 * `npm run docs`: writes the pages that have changed. With `--check` it writes nothing and names those that are not up to
 * date. Returns the exit code: 0, 1 when a page is stale, 2 for an argument that it does not know.
 */
export async function docsCommand(args: readonly string[], io: Io, pages = REFERENCE_PAGES): Promise<number> {
  const unknown = args.filter((arg) => arg !== '--check');
  if (unknown.length > 0) {
    io.stderr(`docs: ${unknown.join(' ')} is not known; the only argument is --check`);
    return 2;
  }
  const stale = await stalePages(io.cwd, pages);
  if (args.length > 0) {
    for (const { path } of stale) io.stderr(`${path} is not up to date: run npm run docs`);
    if (stale.length === 0) io.stdout(`${pages.length} generated pages are up to date`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const { path, text } of stale) {
    await mkdir(dirname(join(io.cwd, path)), { recursive: true });
    await writeFile(join(io.cwd, path), text);
    io.stdout(`wrote ${path}`);
  }
  io.stdout(`${pages.length - stale.length} of ${pages.length} generated pages were up to date`);
  return 0;
}

async function stalePages(root: string, pages: readonly ReferencePage[]) {
  const compared = await Promise.all(
    pages.map(async ({ path, render }) => {
      const text = await render();
      return { path, text, isStale: text !== (await textOf(join(root, path))) };
    }),
  );
  return compared.filter(({ isStale }) => isStale);
}

/** Undefined when there is no such file. A checkout may have turned the line ends into those of Windows. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
