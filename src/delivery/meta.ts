import type { Field } from '../analysis/columns.ts';
import type { Meta, Page } from '../analysis/result.ts';
import type { CacheState } from '../analysis/run.ts';

type Totals = { readonly rows: number; readonly cache: CacheState };

/** The `meta` member of an answer as JSON text; `columns` is `columnsJson` of its fields. */
export function metaJson(meta: Meta, { rows, cache }: Totals, columns = columnsJson(meta.fields)): string {
  const before = JSON.stringify({
    analysis: meta.analysis,
    asOf: meta.asOf,
    params: meta.params,
    rows,
    truncated: meta.truncated,
    warnings: meta.warnings,
    ...(meta.demo ? { demo: true } : {}),
  });
  const after = JSON.stringify({
    dataVersion: meta.dataVersion,
    reads: meta.reads,
    cache,
    timing: cache === 'hit' ? { statementMs: 0, waitMs: 0 } : meta.timing,
    ...(meta.built.length > 0 ? { built: meta.built } : {}),
    ...(meta.explain === undefined ? {} : { explain: { statements: meta.explain } }),
  });
  return `${before.slice(0, -1)},"columns":${columns},${after.slice(1)}`;
}

/** What meta says of the fields of the rows: the same in every answer that has them. */
export function columnsJson(fields: readonly Field[]): string {
  // A unit that is undefined is left out.
  return JSON.stringify(fields.map(({ field, type, unit }) => ({ name: field, type, unit })));
}

/** The `page` member of a list. */
export function pageJson(page: Page, nextCursor: string | null) {
  return {
    nextCursor,
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(page.facets === undefined ? {} : { facets: page.facets }),
  };
}
