import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { writeWhole } from '../../lib/durable.ts';

const MARK = '# Kept by npm run import';

/** written: the service serves by this catalog from now on; foreign: another catalog is there that no import wrote, and it stays. */
export type Kept = 'written' | 'foreign';

/**
 * Keeps the catalog of an import beside the data, whole or not at all. Relative paths of dataset files are made absolute:
 * they were relative to `dataDir`, the folder of the catalog when left out. The first line marks the file, so that the next import
 * may replace it.
 */
export async function keepCatalog(
  path: string,
  catalog: { file: string; text: string },
  dataDir: string = dirname(catalog.file),
): Promise<Kept> {
  const there = await readIfThere(path);
  if (there !== undefined && !there.startsWith(MARK)) return there === catalog.text ? 'written' : 'foreign';
  const mark = `${MARK} from ${basename(catalog.file)}; the next import replaces it.\n`;
  const text = withAbsoluteFiles(catalog.text, dataDir);
  writeWhole(path, text.startsWith(MARK) ? text : mark + text, 0o666);
  return 'written';
}

/** Whether an import wrote this catalog, so that the next one may replace it. */
export function isKeptCatalog(path: string): boolean {
  return readFileSync(path, 'utf8').startsWith(MARK);
}

function withAbsoluteFiles(text: string, folder: string): string {
  const document = parseDocument(text);
  const { tables = {} } = document.toJS() as { tables?: Record<string, { file?: unknown } | null> };
  const files = Object.entries(tables ?? {}).flatMap(([name, entry]) =>
    typeof entry?.file === 'string' && !isAbsolute(entry.file) ? [{ name, file: entry.file }] : [],
  );
  for (const { name, file } of files) document.setIn(['tables', name, 'file'], resolve(folder, file));
  return files.length === 0 ? text : document.toString({ lineWidth: 0 });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
