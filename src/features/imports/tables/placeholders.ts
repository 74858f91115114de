import type { Column, Writer } from '../../../data/warehouse/port.ts';
import type { PlaceholderReport } from '../model.ts';
import * as queries from './placeholder-queries.ts';
import { REFERENCES, type Reference } from './rules.ts';
import { linesOf, recordsOf, toSample, type LineOf } from './table-report.ts';

type Options = {
  readonly sourceLines: string | undefined;
  /** Columns of the mapping's answer. */
  readonly given: readonly Column[];
  readonly samples: number;
  readonly lineOf: LineOf | undefined;
};

/**
 * Adds a customer and a product for each id that a relationship which is left names and that is not stored. A row that
 * names two of them is told of under both. Runs when all other rules have left rows out.
 */
export async function addPlaceholders(writer: Writer, options: Options): Promise<readonly PlaceholderReport[]> {
  const reports: PlaceholderReport[] = [];
  for (const reference of REFERENCES) {
    await writer.run(queries.findMissing(reference, options.sourceLines));
    const placeholders = await writer.run(queries.storePlaceholders(reference));
    if (placeholders > 0) reports.push({ ...(await report(writer, reference, options)), placeholders });
    await writer.run(queries.dropMissing(reference));
  }
  return reports;
}

async function report(
  writer: Writer,
  reference: Reference,
  { given, samples, lineOf }: Options,
): Promise<Omit<PlaceholderReport, 'placeholders'>> {
  const [[rows, lines] = []] = recordsOf(await writer.query(queries.countMissing(reference)));
  const ids = recordsOf(await writer.query(queries.mostMissing(reference, samples)));
  const shown = recordsOf(await writer.query(queries.sampleMissing(reference, given, samples)));
  return {
    table: reference.table,
    rows: Number(rows),
    sourceLines: linesOf(lines),
    ids: ids.flatMap(([id]) => (typeof id === 'string' ? [id] : [])),
    samples: shown.map((sample) => toSample(sample, given, lineOf)),
  };
}
