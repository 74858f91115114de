import { shorten } from '../../lib/shorten.ts';
import { SOURCE_PROBLEMS, type FormField } from './sources/source-model.ts';
import type { ImportReport, PlaceholderReport, SourceReport, TableReason, TableReport } from './model.ts';
import { REFERENCES } from './tables/rules.ts';

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
  const details = sources.flatMap(({ file, blankLines, rejects, ...form }) => [
    `  ${file}: ${formWords(form)}`,
    ...(blankLines > 0 ? [`  ${file}: ${grouped(blankLines)} blank lines`] : []),
    ...rejects.flatMap(({ reason, rows, samples }) => [
      `  ${file}: ${grouped(rows)} rejected, ${reason}: ${SOURCE_PROBLEMS[reason as keyof typeof SOURCE_PROBLEMS]}`,
      ...samples.map(({ line, text }) => `    line ${line}: ${oneLine(text)}`),
    ]),
  ]);
  return [...table(['file', 'rows', 'read', 'rejected'], cells), ...details, ''];
}

/** `csv, utf-8, gzip, delimiter ";", quote none; declared: delimiter` */
function formWords(form: Omit<SourceReport, 'file' | 'blankLines' | 'rejects'>): string {
  const { format, encoding, compression, delimiter, quote, detected } = form;
  const dialect = delimiter === null ? [] : [`delimiter ${shown(delimiter)}`, `quote ${shown(quote!)}`];
  const words = [format, encoding, compression, ...dialect].filter((word) => word !== null);
  const isDeclared = (field: FormField) => form[field] !== null && !detected.includes(field);
  const declared = (['format', 'encoding', 'delimiter', 'quote'] as const).filter(isDeclared);
  return `${words.join(', ')}${declared.length === 0 ? '' : `; declared: ${declared.join(', ')}`}`;
}

function shown(character: string): string {
  return character === '' ? 'none' : character === '\t' ? 'tab' : character;
}

function tableLines(tables: readonly TableReport[]): readonly string[] {
  const head = ['table', 'rows in', 'filtered', 'rejected', 'rows out', 'updated', 'sum of value'];
  const cells = tables.map(({ table: name, rowsIn, filtered, rejected, rowsOut, updated, valueSum }) => [
    name,
    ...[rowsIn, filtered, rejected, rowsOut, updated].map(grouped),
    valueSum === null ? '' : grouped(valueSum),
  ]);
  const details = tables.flatMap(({ table: name, filters, rejects, placeholders, warnings }) => [
    ...filters.flatMap((reason) => reasonLines(name, 'filtered', reason)),
    ...rejects.flatMap((reason) => reasonLines(name, 'rejected', reason)),
    ...placeholders.flatMap(placeholderLines),
    ...warnings.map((words) => `  ${name}: warning: ${oneLine(words)}`),
  ]);
  return [...table(head, cells), ...details, ''];
}

function reasonLines(name: string, verb: string, reason: TableReason): readonly string[] {
  const column = reason.reason.split('.')[0]!;
  return [`  ${name}: ${withLines(reason, verb)}, ${reason.reason}`, ...sampleLines(reason.samples, column)];
}

function placeholderLines(report: PlaceholderReport): readonly string[] {
  const { table: name, placeholders, ids, samples } = report;
  const more = placeholders > ids.length ? ', …' : '';
  return [
    `  ${name}: ${grouped(placeholders)} placeholders for ${withLines(report, 'rows')}: ${oneLine(ids.join(', '))}${more}`,
    ...sampleLines(samples, REFERENCES.find((reference) => reference.table === name)!.column),
  ];
}

/** `187 rejected (222 source lines)` */
function withLines({ rows, sourceLines }: { rows: number; sourceLines: number | null }, word: string): string {
  return `${grouped(rows)} ${word}${sourceLines === null ? '' : ` (${grouped(sourceLines)} source lines)`}`;
}

/** The column that matters comes first. */
function sampleLines(samples: TableReason['samples'], column: string): readonly string[] {
  return samples.map(({ row, line, values }) => {
    const entries = Object.entries(values).sort(([a], [b]) => Number(b === column) - Number(a === column));
    const place = line === null ? `row ${row}` : `line ${line}`;
    return `    ${place}: ${oneLine(entries.map(([key, value]) => `${key}=${value ?? ''}`).join(' '))}`;
  });
}

function outcomeLines({ outcome, problem, catalog, seconds }: ImportReport): readonly string[] {
  const time = `in ${seconds.toFixed(1)} s`;
  switch (outcome) {
    case 'imported':
      return [`imported ${catalog} ${time}`];
    case 'checked':
      return [`checked ${catalog}, changed nothing (dry run) ${time}`];
    case 'cancelled':
      return [`CANCELLED, nothing was changed: ${problem}`];
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
