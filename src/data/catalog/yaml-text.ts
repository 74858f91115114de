import { type Document, parseDocument } from 'yaml';
import type { Position } from './problems.ts';

/** A text and what the YAML parser makes of it; `position` says where an offset is in the text as the user wrote it. */
export type YamlText = {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly position: (offset: number) => Position;
  /** Where lines start whose indentation holds a tab; of neighbouring lines the first. */
  readonly tabs: readonly Position[];
};

/** What editors show a tab as, the usual first. */
const TAB_WIDTHS = [4, 8, 2] as const;

/**
 * Parses a text. Tabs in the indentation are a fault of YAML, and what the parser makes of the lines below them is
 * nothing like what was meant; so they are read as 4, 8 or 2 spaces, whichever leaves the fewest faults.
 */
export function parseYamlText(text: string): YamlText {
  const document = parse(text);
  const position = positionsIn(text);
  const lines = text.split('\n');
  const faults = document.errors
    .filter(({ code }) => code === 'TAB_AS_INDENT')
    .map(({ pos }) => position(pos[0]).line)
    .filter((line) => /^ *\t/.test(lines[line - 1]!));
  if (faults.length === 0) return { text, document, position, tabs: [] };
  const repaired = TAB_WIDTHS.map((width) => withSpaces(text, width));
  const best = repaired.reduce((a, b) => (b.document.errors.length < a.document.errors.length ? b : a));
  const tabs = faults.filter((line) => !faults.includes(line - 1)).map((line) => ({ line, column: 1 }));
  return { ...best, tabs };
}

function withSpaces(text: string, width: number) {
  const lines = text.split('\n').map((line) => {
    const indent = /^[ \t]*/.exec(line)![0];
    const spaces = indent.replaceAll('\t', ' '.repeat(width));
    return { text: spaces + line.slice(indent.length), before: indent.length, after: spaces.length };
  });
  const repaired = lines.map((line) => line.text).join('\n');
  const inRepaired = positionsIn(repaired);
  const position = (offset: number): Position => {
    const { line, column } = inRepaired(offset);
    const { before, after } = lines[line - 1]!;
    return { line, column: column > after ? column - after + before : Math.min(column, before + 1) };
  };
  return { text: repaired, document: parse(repaired), position };
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, { prettyErrors: false, uniqueKeys: false, resolveKnownTags: false });
}

/** Line and column, both from 1, of an offset. */
function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}
