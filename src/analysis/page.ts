import { compileFor, kitFor, type Engine } from './engine.ts';
import { facetOf, selectedFields, totalOf } from './listing.ts';
import type { ListRequest, Prepared } from './question.ts';
import type { Facet, Page } from './result.ts';
import type { Session } from './session.ts';
import type { Batch, Value } from '../data/warehouse/port.ts';
import type { Sql } from '../data/sql/sql.ts';

/** One page of a list and what was asked about the whole of it; the statements run side by side. */
export async function readPage(
  engine: Engine,
  prepared: Prepared,
  listing: ListRequest,
  session: Session,
): Promise<{ batch: Batch; page: Page }> {
  const { analysis, tenant, params, asOf } = prepared;
  const kit = kitFor(engine, asOf);
  const inner = analysis.sql!(params, kit);
  const whole = (fragment: Sql) => session.query(compileFor(engine, tenant, fragment), { lane: 'heavy' });
  const [rows, total, ...facets] = await Promise.all([
    session.query(prepared.statement!),
    listing.wantsTotal ? whole(totalOf(inner, listing, kit.d)) : undefined,
    ...listing.facets.map((field) => whole(facetOf(inner, listing, field, engine.settings.FACET_VALUES, kit.d))),
  ]);
  const limit = listing.limit!;
  const shown = Math.min(limit, rows.rowCount);
  const columns = rows.columns.slice(0, listing.fields.length).map((column) => column.slice(0, shown));
  const page: Page = {
    next: rows.rowCount > limit && shown > 0 ? sortValues(rows, listing, shown - 1) : undefined,
    total: total === undefined ? undefined : Number(total.columns[0]![0]),
    facets:
      listing.facets.length === 0 ? undefined : facets.map((facet, i) => toFacet(listing.facets[i]!.field, facet)),
  };
  return { batch: { rowCount: shown, columns }, page };
}

function sortValues(rows: Batch, listing: ListRequest, row: number): readonly Value[] {
  const selected = selectedFields(listing);
  return listing.sort.map(
    ({ field }) => rows.columns[selected.findIndex(({ column }) => column === field.column)]![row]!,
  );
}

function toFacet(field: string, rows: Batch): Facet {
  const [values, counts, all] = rows.columns;
  const shown = Array.from({ length: rows.rowCount }, (_, i) => ({ value: values![i]!, rows: Number(counts![i]) }));
  return { field, values: shown, others: rows.rowCount === 0 ? 0 : Number(all![0]) - rows.rowCount };
}
