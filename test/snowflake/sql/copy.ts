import { type ObjectName, quoteName } from './names.ts';
import { readObjectName } from './objects.ts';
import type { Source } from './source.ts';
import { readStageReference } from './stages.ts';

/** COPY INTO a table from files of a stage. */
export type Copy = {
  readonly kind: 'copy';
  readonly target: ObjectName;
  readonly columns: readonly string[];
  readonly stage: { readonly name: string; readonly path: string };
  /** Expressions over "C1", "C2" ...; undefined when the fields are taken as they come. */
  readonly select: readonly string[] | undefined;
  readonly fieldCount: number;
  readonly files: readonly string[];
  readonly format: ReadonlyMap<string, string | readonly string[]>;
  readonly isPurging: boolean;
  readonly isForced: boolean;
};

/** https://docs.snowflake.com/en/sql-reference/sql/copy-into-table */
export function readCopy(source: Source): Copy {
  source.expect('COPY', 'INTO');
  const target = readObjectName(source);
  const columns = source.isSymbol('(') ? source.list(() => quoteName(source.name()), '(', ')') : [];
  source.expect('FROM');
  const from = source.isSymbol('(')
    ? readSelection(source)
    : { stage: readStageReference(source), select: undefined, fieldCount: 0 };
  return { kind: 'copy', target, columns, ...from, ...readOptions(source) };
}

function readSelection(source: Source) {
  return source.parenthesised(() => {
    source.expect('SELECT');
    source.stageColumns = 0;
    const select = source.list(() => source.expression());
    const fieldCount = source.stageColumns;
    source.stageColumns = undefined;
    source.expect('FROM');
    return { stage: readStageReference(source), select, fieldCount };
  });
}

const FORMAT_OPTIONS = new Set(
  `TYPE SKIP_HEADER FIELD_DELIMITER FIELD_OPTIONALLY_ENCLOSED_BY NULL_IF EMPTY_FIELD_AS_NULL ESCAPE_UNENCLOSED_FIELD COMPRESSION
  ENCODING RECORD_DELIMITER ERROR_ON_COLUMN_COUNT_MISMATCH ESCAPE REPLACE_INVALID_CHARACTERS TRIM_SPACE DATE_FORMAT TIMESTAMP_FORMAT`.split(
    /\s+/,
  ),
);

function readOptions(source: Source) {
  let files: string[] = [];
  let format: ReadonlyMap<string, string | string[]> = new Map();
  const flags = { PURGE: false, FORCE: false };
  while (source.peek().kind === 'word') {
    const name = source.next().text;
    source.expectSymbol('=');
    if (name === 'FILES') files = source.list(() => source.textLiteral(), '(', ')');
    else if (name === 'FILE_FORMAT') format = source.parenthesised(() => readFormat(source));
    else if (name === 'PURGE' || name === 'FORCE') flags[name] = source.next().text === 'TRUE';
    else if (name !== 'ON_ERROR' || !['ABORT_STATEMENT'].includes(source.next().text))
      source.refuse(`COPY INTO ... ${name}`);
  }
  return { files, format, isPurging: flags.PURGE, isForced: flags.FORCE };
}

/** Texts in parentheses, or none: `NULL_IF = ()`. */
function readTexts(source: Source): string[] {
  source.expectSymbol('(');
  if (source.acceptSymbol(')')) return [];
  const texts = [source.textLiteral()];
  while (source.acceptSymbol(',')) texts.push(source.textLiteral());
  source.expectSymbol(')');
  return texts;
}

function readFormat(source: Source): ReadonlyMap<string, string | string[]> {
  const format = new Map<string, string | string[]>();
  while (!source.isSymbol(')')) {
    const name = source.next().text;
    if (!FORMAT_OPTIONS.has(name)) source.refuse(`FILE_FORMAT option ${name}`);
    source.expectSymbol('=');
    format.set(name, source.isSymbol('(') ? readTexts(source) : source.next().text);
    source.acceptSymbol(',');
  }
  return format;
}
