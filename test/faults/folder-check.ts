import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What may lie in a data folder while the service runs: of what a killed import or backup left there is one at most. */
const ALLOWED: readonly (readonly [RegExp, number])[] = [
  [/^(catalog\.yaml|main\.duckdb|main\.duckdb\.wal|service\.json|state\.sqlite(-wal|-shm)?)$/, 7],
  [/^raw\/import-\d+$/, 1],
  [/^processed\/import-\d+$/, 1],
  [/^processed\/rejects\/\d+\.ndjson$/, 101],
  [/^backups\/[^/]+$/, 1],
  [/^(backups|exports|raw|processed|processed\/rejects|processed\/spill)$/, 6],
];

/** What does not belong there; call it while the service runs and nothing is under way. */
export function leftovers(folder: string): string[] {
  const names = ['', 'raw', 'processed', 'processed/rejects', 'processed/spill', 'backups'].flatMap((below) =>
    namesIn(join(folder, below)).map((name) => (below === '' ? name : `${below}/${name}`)),
  );
  const counts = new Map<RegExp, number>();
  const found: string[] = [];
  for (const name of names) {
    const rule = ALLOWED.find(([pattern]) => pattern.test(name));
    if (rule === undefined) found.push(`a file is left: ${name}`);
    else counts.set(rule[0], (counts.get(rule[0]) ?? 0) + 1);
  }
  for (const [pattern, most] of ALLOWED)
    if ((counts.get(pattern) ?? 0) > most) found.push(`${counts.get(pattern)} files like ${pattern.source}`);
  return found;
}

/** Takes finished backups away; a half one stays for the service to remove. */
export function removeBackups(folder: string): void {
  const backups = join(folder, 'backups');
  for (const name of namesIn(backups))
    if (namesIn(join(backups, name)).includes('manifest.json')) rmSync(join(backups, name), { recursive: true });
}

/** Bytes of all files. */
export function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
