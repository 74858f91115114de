import { Default } from 'typebox/value';
import { fieldsOf } from '../../analysis/columns.ts';
import type { Analysis, SqlKit } from '../../analysis/define.ts';
import { tablesOf } from '../../analysis/engine.ts';
import { facetOf, pageOf, totalOf } from '../../analysis/listing.ts';
import { readListing } from '../../analysis/read-listing.ts';
import { NOTHING_SAVED } from '../../analysis/saved.ts';
import type { Registry } from '../../analysis/registry.ts';
import type { Catalog } from '../../data/catalog/model.ts';
import { compile, type Statement } from '../../data/sql/compile.ts';
import type { Dialect } from '../../data/sql/dialect.ts';
import type { Sql } from '../../data/sql/sql.ts';
import { tenant } from '../../data/warehouse/tenant.ts';

export type SqlPage = { readonly path: string; readonly text: string };
type Example = Analysis['examples'][number];
type Named = { readonly name: string; readonly sql: Sql };

/** The day that examples are about when they name none. */
const AS_OF = '2025-06-30';
/** The defaults of PAGE_ROWS and FACET_VALUES. */
const PAGE_ROWS = 1000;
const FACET_VALUES = 100;

/**
 * One file for each analysis that is plain SQL: the statements of its examples as the dialect prints them, with their
 * bound values. Reviewed in pull requests; a test holds them to the code. What an analysis with `run` does depends on
 * the rows: `?explain=true` shows it.
 */
export function sqlPages(registry: Registry, catalog: Catalog, dialect: Dialect): SqlPage[] {
  const context = { dialect, catalog, tenant: tenant('default'), isolation: 'database' } as const;
  return registry.all
    .filter(({ sql }) => sql !== undefined)
    .map((analysis) => ({
      path: `docs/reference/sql/${dialect.engine}/${analysis.name}.sql`,
      text: [
        `-- Generated from src/features/ by npm run docs; do not edit. ${analysis.name}: ${analysis.title}.\n`,
        ...analysis.examples.flatMap((example) =>
          statementsOf(analysis, example, catalog, dialect).map(({ name, sql }) =>
            section(`${example.title} ${JSON.stringify(example.params)}${name}`, compile(sql, context)),
          ),
        ),
      ].join('\n'),
    }));
}

function section(title: string, { text, params }: Statement): string {
  const binds = params.length === 0 ? '' : `-- binds: ${JSON.stringify(params)}\n`;
  return `-- ${title}\n${binds}${text};\n`;
}

function statementsOf(analysis: Analysis, example: Example, catalog: Catalog, dialect: Dialect): Named[] {
  const params = Default(analysis.params, structuredClone(example.params)) as Readonly<Record<string, unknown>>;
  const asOf = typeof params['asOf'] === 'string' ? params['asOf'] : AS_OF;
  const kit: SqlKit = { t: tablesOf(catalog), d: dialect, catalog, asOf, saved: NOTHING_SAVED };
  const inner = analysis.sql!(params, kit);
  const warn = analysis.warn === undefined ? [] : [{ name: ', the warning', sql: analysis.warn.sql(params, kit) }];
  if (analysis.listing === undefined) return [...warn, { name: '', sql: inner }];
  const asked = readListing(analysis, fieldsOf(analysis, catalog), params, true, PAGE_ROWS);
  const total = asked.wantsTotal ? [{ name: ', the total', sql: totalOf(inner, asked, dialect) }] : [];
  const facets = asked.facets.map((field) => ({
    name: `, the values of ${field.field}`,
    sql: facetOf(inner, asked, field, FACET_VALUES, dialect),
  }));
  return [...warn, { name: '', sql: pageOf(inner, asked, dialect) }, ...total, ...facets];
}
