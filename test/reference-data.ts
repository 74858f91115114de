import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The path of a reference set (`northwind`, `telco/Telco-Customer-Churn.csv`), for tests on data that others published.
 * They are looked for in the folder that REFERENCE_DATA names, else in ../shared/data beside the repository. Undefined
 * when it is not there, after a line that says what is skipped:
 *
 *     const data = referenceData('northwind');
 *     test.skipIf(data === undefined)('...', ...)
 */
export function referenceData(
  path: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const folder = resolve(ROOT, env['REFERENCE_DATA'] || '../shared/data');
  const found = resolve(folder, path);
  if (existsSync(found)) return found;
  process.stdout.write(`skipped: no reference data ${path} (set REFERENCE_DATA to the folder that holds it)\n`);
  return undefined;
}
