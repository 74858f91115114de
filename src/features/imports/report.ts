import { shorten } from '../../lib/shorten.ts';
import { CSV_PROBLEMS } from './csv-model.ts';
import type { ImportReport, SourceReport, TableReason, TableReport } from './model.ts';

/** An import's report as lines for a terminal: a table of files, a table of tables, reasons with samples, the outcome. */
export function printReport(report: ImportReport): readonly string[] {
  return [
    ...(report.sources.length === 0 ? [] : sourceLines(report.sources)),
    ...(report.tables.length === 0 ? [] : tableLines(report.tables)),
    ...outcomeLines(report),
  ];
}

function sourceLines(sources: readonly SourceReport[]): readonly string[] {
  const cells = sources.map(({ file, rows, read, rejected }) => [file, ...[rows, read, rejected].map(grouped)]);
  const details = sources.flatMap(({ file, blankLines, rejects }) => [
    ...(blankLines > 0 ? [`  ${file}: ${grouped(blankLines)} blank lines`] : []),
    ...rejects.flatMap(({ reason, rows, samples }) => [
      `  ${file}: ${grouped(rows)} rejected, ${reason}: ${CSV_PROBLEMS[reason as keyof typeof CSV_PROBLEMS]}`,
      ...samples.map(({ line, text }) => `    line ${line}: ${oneLine(text)}`),
    ]),
  ]);
  return [...table(['file', 'rows', 'read', 'rejected'], cells), ...details, ''];
}

function tableLines(tables: readonly TableReport[]): readonly string[] {
  const head = ['table', 'rows in', 'filtered', 'rejected', 'rows out', 'sum of value'];
  const cells = tables.map(({ table: name, rowsIn, filtered, rejected, rowsOut, valueSum }) => [
    name,
    ...[rowsIn, filtered, rejected, rowsOut].map(grouped),
    valueSum === null ? '' : grouped(valueSum),
  ]);
  const details = tables.flatMap(({ table: name, filters, rejects, warnings }) => [
    ...filters.flatMap((reason) => reasonLines(name, 'filtered', reason)),
    ...rejects.flatMap((reason) => reasonLines(name, 'rejected', reason)),
    ...warnings.map((words) => `  ${name}: warning: ${words}`),
  ]);
  return [...table(head, cells), ...details, ''];
}

function reasonLines(name: string, verb: string, { reason, rows, samples }: TableReason): readonly string[] {
  const column = reason.split('.')[0]!;
  const shown = samples.map(({ row, values }) => {
    const entries = Object.entries(values).sort(([a], [b]) => Number(b === column) - Number(a === column));
    return `    row ${row}: ${oneLine(entries.map(([key, value]) => `${key}=${value ?? ''}`).join(' '))}`;
  });
  return [`  ${name}: ${grouped(rows)} ${verb}, ${reason}`, ...shown];
}

function outcomeLines({ outcome, problem, catalog, seconds }: ImportReport): readonly string[] {
  const time = `in ${seconds.toFixed(1)} s`;
  switch (outcome) {
    case 'imported':
      return [`imported ${catalog} ${time}`];
    case 'checked':
      return [`checked ${catalog}, changed nothing (dry run) ${time}`];
    case 'failed':
      return [`NOT IMPORTED, nothing was changed: ${problem}`, `stopped ${time}`];
  }
}

/** Columns padded to their widest cell: the first to the left, the others to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!));
  return [head, ...rows].map((row) => row.map(pad).join('  ').trimEnd());
}

/** 1265792.95 as 1,265,792.95: digits are grouped as text, so that none is lost. */
function grouped(value: number | string): string {
  return String(value).replace(/^-?\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','));
}

/** Text of a file on one line of a terminal: control characters are shown, never obeyed. */
function oneLine(text: string): string {
  const shown = text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (c) => `\\u${c.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
  return shorten(shown, 160);
}
