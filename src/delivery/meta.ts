import type { Meta, Page } from '../analysis/result.ts';
import type { CacheState } from '../analysis/run.ts';

type Totals = { readonly rows: number; readonly cache: CacheState };

/** The `meta` member of an answer. */
export function metaJson(meta: Meta, { rows, cache }: Totals) {
  return {
    analysis: meta.analysis,
    asOf: meta.asOf,
    rows,
    truncated: meta.truncated,
    warnings: meta.warnings,
    ...(meta.demo ? { demo: true } : {}),
    columns: meta.fields.map(({ field, type, unit }) => ({
      name: field,
      type,
      ...(unit === undefined ? {} : { unit }),
    })),
    dataVersion: meta.dataVersion,
    reads: meta.reads,
    cache,
    timing: cache === 'hit' ? { statementMs: 0, waitMs: 0 } : meta.timing,
    ...(meta.built.length > 0 ? { built: meta.built } : {}),
    ...(meta.explain === undefined ? {} : { explain: { statements: meta.explain } }),
  };
}

/** The `page` member of a list. */
export function pageJson(page: Page, nextCursor: string | null) {
  return {
    nextCursor,
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(page.facets === undefined ? {} : { facets: page.facets }),
  };
}
