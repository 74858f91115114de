import { kitFor, type Engine } from './engine.ts';
import { facetOf, selectedFields, totalOf } from './listing.ts';
import type { ListPage } from './define.ts';
import type { ListRequest, Prepared } from './question.ts';
import type { Facet, Page } from './result.ts';
import { runContext, runStatement, type Session } from './session.ts';
import type { Batch, Value } from '../data/warehouse/port.ts';
import type { Sql } from '../data/sql/sql.ts';

/** One page of a list, and beside it, one statement after the other, what was asked about the whole of it. */
export async function readPage(
  engine: Engine,
  prepared: Prepared,
  listing: ListRequest,
  session: Session,
): Promise<ListPage> {
  const { analysis, params, asOf, saved } = prepared;
  // An explained answer is made by the statement that it shows.
  const lookup = prepared.isExplained || isOneStatement(engine) ? undefined : analysis.lookup?.page;
  const found = await lookup?.(params, listing, runContext(engine, prepared, session));
  if (found !== undefined) return found;
  const kit = kitFor(engine, asOf, saved);
  const inner = analysis.sql!(params, kit);
  const whole = (fragment: Sql) => session.ask(fragment, { lane: 'heavy' });
  const questions = [
    ...(listing.wantsTotal ? [totalOf(inner, listing, kit.d)] : []),
    ...listing.facets.map((field) => facetOf(inner, listing, field, engine.settings.FACET_VALUES, kit.d)),
  ];
  const [rows, answers] = await Promise.all([runStatement(prepared, session), inTurn(questions, whole)]);
  const facets = answers.slice(listing.wantsTotal ? 1 : 0);
  const limit = listing.limit!;
  const shown = Math.min(limit, rows.rowCount);
  const columns = rows.columns.slice(0, listing.fields.length).map((column) => column.slice(0, shown));
  const page: Page = {
    next: rows.rowCount > limit && shown > 0 ? sortValues(rows, listing, shown - 1) : undefined,
    total: listing.wantsTotal ? Number(answers[0]!.columns[0]![0]) : undefined,
    facets:
      listing.facets.length === 0 ? undefined : facets.map((facet, i) => toFacet(listing.facets[i]!.field, facet)),
  };
  return { batch: { rowCount: shown, columns }, page };
}

/** Where each costs its way there and back, and nothing is kept of the rows, the whole page is one. */
export function isOneStatement({ warehouse, settings }: Engine): boolean {
  return warehouse.isShared && settings.SNAPSHOT_MAX_ROWS === 0;
}

/** Many at once would fill the queue of statements and be refused. */
async function inTurn(questions: readonly Sql[], ask: (question: Sql) => Promise<Batch>): Promise<Batch[]> {
  const answers: Batch[] = [];
  for (const question of questions) answers.push(await ask(question));
  return answers;
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
