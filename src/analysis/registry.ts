import { AppError } from '../lib/app-error.ts';
import { didYouMean } from '../lib/near-name.ts';
import type { Analysis } from './define.ts';

/** All analyses by name; routes, docs, tests and later jobs read this one list. */
export type Registry = {
  readonly all: readonly Analysis[];
  /** Throws analysis.not_found with the near name. */
  get(name: string): Analysis;
};

/** Throws TypeError when two analyses have one name or one path. */
export function registryOf(analyses: readonly Analysis[]): Registry {
  const byName = new Map<string, Analysis>();
  const paths = new Set<string>();
  for (const analysis of analyses) {
    if (byName.has(analysis.name)) throw new TypeError(`two analyses are named ${analysis.name}`);
    byName.set(analysis.name, analysis);
    if (analysis.path === undefined) continue;
    const address = `${analysis.method ?? 'GET'} ${analysis.path}`;
    if (paths.has(address)) throw new TypeError(`two analyses answer ${address}`);
    paths.add(address);
  }
  return Object.freeze({
    all: Object.freeze([...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))),
    get(name: string) {
      const found = byName.get(name);
      if (found !== undefined) return found;
      throw new AppError(
        'analysis.not_found',
        `there is no analysis ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, byName.keys())}`,
      );
    },
  });
}
