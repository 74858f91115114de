import { shorten } from '../../lib/shorten.ts';
import type { CoreTableName } from '../../data/catalog/model.ts';
import type { Column, Rows, Value, Writer } from '../../data/warehouse/port.ts';
import type { TableReason, TableReport } from './model.ts';
import * as queries from './queries.ts';
import type { Rule } from './rules.ts';

type Judged = {
  readonly table: CoreTableName;
  readonly rowsIn: number;
  /** Numbered as they left rows out. */
  readonly rules: readonly Rule[];
  /** Columns of the mapping's answer. */
  readonly given: readonly Column[];
  readonly samples: number;
};

/** What became of each row of the mapping, before its temporary tables are dropped. */
export async function reportTable(writer: Writer, judged: Judged): Promise<TableReport> {
  const { table, rowsIn } = judged;
  const reasons = await reasonsOf(writer, judged);
  const of = (kind: Rule['kind']) => reasons.filter((reason) => reason.kind === kind).map(({ entry }) => entry);
  const report: TableReport = {
    table,
    rowsIn,
    filtered: total(of('filter')),
    rejected: total(of('reject')),
    rowsOut: await numberOf(writer, queries.countRows(table)),
    filters: of('filter'),
    rejects: of('reject'),
    valueSum: null,
    warnings: [],
  };
  return table === 'customer_products' ? { ...report, ...(await relationshipFacts(writer)) } : report;
}

type Reason = { readonly kind: Rule['kind']; readonly entry: TableReason };

async function reasonsOf(writer: Writer, { table, rules, given, samples }: Judged): Promise<readonly Reason[]> {
  const counted = rowsOf(await writer.query(queries.countLeftOut(table)));
  const shown = counted.length === 0 ? [] : rowsOf(await writer.query(queries.sampleLeftOut(table, given, samples)));
  return counted.map(([rule, rows]) => {
    const { kind, reason } = rules[Number(rule)]!;
    const own = shown.filter((sample) => sample[0] === rule);
    return { kind, entry: { reason, rows: Number(rows), samples: own.map((sample) => toSample(sample, given)) } };
  });
}

function toSample([, row, ...texts]: readonly Value[], given: readonly Column[]): TableReason['samples'][number] {
  const values = given.map(({ name }, i) => [name, textOf(texts[i])] as const);
  return { row: Number(row), values: Object.fromEntries(values) };
}

function textOf(value: Value | undefined): string | null {
  return typeof value === 'string' ? shorten(value, 100) : null;
}

async function relationshipFacts(writer: Writer): Promise<Pick<TableReport, 'valueSum' | 'warnings'>> {
  const [[sum, ...counts] = []] = rowsOf(await writer.query(queries.STORED_RELATIONSHIPS));
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

function rowsOf({ rowCount, columns }: Rows): readonly (readonly Value[])[] {
  return Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row]!));
}
