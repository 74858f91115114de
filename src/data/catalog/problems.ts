import { AppError } from '../../lib/app-error.ts';
import { shorten } from '../../lib/shorten.ts';

/** Where something is in a catalog file: the keys and list positions that lead to it. */
export type Path = readonly (string | number)[];
export type Position = { readonly line: number; readonly column: number };
/** `key`: where the last name of the path is written; `value`: where what belongs to it starts. */
export type Side = 'key' | 'value';
export type Locate = (path: Path, side: Side) => Position;

/**
 * The mistakes found in one catalog file. What is known to be wrong is marked, so that nothing is said twice about it
 * and one mistake gives one line.
 */
export type Problems = {
  /** A mistake at a path. Left out when the path, or `about` (the path that the mistake is about), is marked already. */
  report(path: Path, side: Side, problem: string, about?: Path): void;
  /** As report, for something that is not there; left out too when the file is torn. */
  reportAbsence(path: Path, side: Side, problem: string, about?: Path): void;
  /** A mistake at a place of the text. */
  reportAt(position: Position, problem: string): void;
  mark(path: Path): void;
  isMarked(path: Path): boolean;
  /** Part of the file could not be read: what is missing may be there. */
  tear(): void;
  readonly isEmpty: boolean;
  /** One line per mistake, in the order of the file. */
  lines(): string[];
  /** Throws `catalog.invalid` with the lines unless there are none. */
  throwIfAny(): void;
};

const MOST_LINES = 100;

export function collectProblems(file: string, locate: Locate): Problems {
  const found = new Map<string, Position & { problem: string }>();
  const marked = new Set<string>();
  let isTorn = false;
  const isMarked = (path: Path) => path.some((_, i) => marked.has(JSON.stringify(path.slice(0, i + 1))));
  const reportAt = (position: Position, problem: string) => {
    found.set(`${position.line}:${position.column} ${problem}`, { ...position, problem });
  };
  const report = (path: Path, side: Side, problem: string, about: Path = path) => {
    if (!isMarked(path) && !isMarked(about)) reportAt(locate(path, side), problem);
  };
  const lines = () =>
    [...found.values()]
      .sort((a, b) => a.line - b.line || a.column - b.column)
      .map(({ line, column, problem }) => `${file}:${line}:${column} ${problem}`);
  return {
    report,
    reportAbsence: (path, side, problem, about) => {
      if (!isTorn) report(path, side, problem, about);
    },
    reportAt,
    mark: (path) => void marked.add(JSON.stringify(path)),
    isMarked,
    tear: () => void (isTorn = true),
    get isEmpty() {
      return found.size === 0;
    },
    lines,
    throwIfAny() {
      if (found.size > 0) throw invalidCatalog(lines());
    },
  };
}

/** `catalog.invalid` with these lines; beyond a hundred the rest is counted. */
export function invalidCatalog(lines: readonly string[], cause?: unknown): AppError {
  const more = lines.length - MOST_LINES;
  const shown = more > 0 ? [...lines.slice(0, MOST_LINES), `… and ${more} more`] : lines;
  return new AppError('catalog.invalid', shown.join('\n'), { cause });
}

/** A text of the file as a problem shows it: quoted, on one line, not too long. */
export function quoted(text: string): string {
  return JSON.stringify(shorten(text, 80));
}
