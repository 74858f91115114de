import { shorten } from '../../../lib/shorten.ts';
import type { CoreTableName } from '../../../data/catalog/model.ts';
import type { Column, Rows, Value, Writer } from '../../../data/warehouse/port.ts';
import type { PlaceholderReport, TableReason, TableReport } from '../model.ts';
import * as reportQueries from './report-queries.ts';
import type { Rule, Target } from './rules.ts';

/** The line of the file on which a row of the mapping's answer starts, its place counted from 1. */
export type LineOf = (row: number) => number | undefined;

export type Judged = {
  readonly table: CoreTableName;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly updated: number;
  /** Columns that are filled. */
  readonly filled: readonly Target[];
  /** Whether the table holds rows that were there before. */
  readonly hasOthers: boolean;
  readonly placeholders: readonly PlaceholderReport[];
  /** Column of the answer that counts source lines. */
  readonly sourceLines: string | undefined;
  readonly lineOf: LineOf | undefined;
  /** Numbered as they left rows out. */
  readonly rules: readonly Rule[];
  /** Columns of the mapping's answer. */
  readonly given: readonly Column[];
  readonly samples: number;
};

/** What became of each row of the mapping, before its temporary tables are dropped. */
export async function reportTable(writer: Writer, judged: Judged): Promise<TableReport> {
  const { table, rowsIn, rowsOut, updated, placeholders } = judged;
  const reasons = await reasonsOf(writer, judged);
  const of = (kind: Rule['kind']) => reasons.filter((reason) => reason.kind === kind).map(({ entry }) => entry);
  const report: TableReport = {
    table,
    rowsIn,
    filtered: total(of('filter')),
    rejected: total(of('reject')),
    rowsOut,
    updated,
    filters: of('filter'),
    rejects: of('reject'),
    valueSum: null,
    placeholders: [...placeholders],
    warnings: [],
  };
  return table === 'customer_products' ? { ...report, ...(await relationshipFacts(writer, judged)) } : report;
}

type Reason = { readonly kind: Rule['kind']; readonly entry: TableReason };

async function reasonsOf(writer: Writer, judged: Judged): Promise<readonly Reason[]> {
  const { table, rules, given, samples, lineOf } = judged;
  const counted = recordsOf(await writer.query(reportQueries.countLeftOut(table, judged.sourceLines)));
  const sampling = reportQueries.sampleLeftOut(table, given, samples);
  const shown = counted.length === 0 ? [] : recordsOf(await writer.query(sampling));
  return counted.map(([rule, rows, lines]) => {
    const { kind, reason } = rules[Number(rule)]!;
    const own = shown.flatMap(([of, ...sample]) => (of === rule ? [toSample(sample, given, lineOf)] : []));
    return { kind, entry: { reason, rows: Number(rows), sourceLines: linesOf(lines), samples: own } };
  });
}

/** A number of source lines; null where nothing says it. */
export function linesOf(value: Value | undefined): number | null {
  return value === null ? null : Number(value);
}

/** `row` is the place of a row, then its values as text. */
export function toSample(
  [row, ...texts]: readonly Value[],
  given: readonly Column[],
  lineOf: LineOf | undefined,
): TableReason['samples'][number] {
  const values = given.map(({ name }, i) => [name, textOf(texts[i])] as const);
  return { row: Number(row), line: lineOf?.(Number(row)) ?? null, values: Object.fromEntries(values) };
}

function textOf(value: Value | undefined): string | null {
  return typeof value === 'string' ? shorten(value, 100) : null;
}

async function relationshipFacts(
  writer: Writer,
  { table, filled, hasOthers }: Judged,
): Promise<Pick<TableReport, 'valueSum' | 'warnings'>> {
  const from = hasOthers ? reportQueries.relationshipsLeft(filled) : table;
  const [[sum, ...counts] = []] = recordsOf(await writer.query(reportQueries.relationshipFacts(from)));
  const [withoutStart = 0, endsFirst = 0] = counts.map(Number);
  const warnings = [
    { rows: withoutStart, words: 'rows without start_date: they are in no period' },
    { rows: endsFirst, words: 'rows end before they start: they are in no period' },
  ];
  return {
    valueSum: textOf(sum),
    warnings: warnings.filter(({ rows }) => rows > 0).map(({ rows, words }) => `${rows} ${words}`),
  };
}

/** The one number that a statement gives. */
export async function numberOf(writer: Writer, text: string): Promise<number> {
  return Number((await writer.query(text)).columns[0]![0]);
}

function total(reasons: readonly TableReason[]): number {
  return reasons.reduce((sum, { rows }) => sum + rows, 0);
}

export function recordsOf({ rowCount, columns }: Rows): readonly (readonly Value[])[] {
  return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
}
