import type { Column } from '../../warehouse/port.ts';
import { CORE_TABLES } from '../core-tables.ts';
import type { CoreTableName } from '../model.ts';
import { freeName } from '../free-name.ts';
import type { Guess, Guesses } from './guess-columns.ts';
import { looksPersonal } from './words.ts';

export type DraftAttribute = { readonly column?: string; readonly type?: string; readonly personal?: true };
/** A core table of a draft: where it is, and where its columns come from. */
export type DraftEntry = {
  readonly reason: string;
  readonly table?: string;
  readonly sql?: string;
  readonly columns: Guesses;
  readonly attributes: ReadonlyMap<string, DraftAttribute>;
  readonly value?: 'monthly';
};

/** Any other table. */
export type DraftDataset = { readonly table: string; readonly personal: readonly string[] };

/** Columns that no guess uses, as attributes. */
export function leftOver(
  table: CoreTableName,
  columns: readonly Column[],
  guesses: Guesses,
): Map<string, DraftAttribute> {
  const used = new Set([...guesses.values()].flatMap((guess) => usedBy(guess)));
  const taken = new Set(CORE_TABLES[table].columns.map(({ name }) => name));
  return new Map(
    columns
      .filter(({ name }) => !used.has(name))
      .map(({ name }) => [freeName(name, taken), { column: name, ...personal(name) }]),
  );
}

/** The mark of a column whose name reads as if it identified or described a person. */
export function personal(name: string): { personal?: true } {
  return looksPersonal(name) ? { personal: true } : {};
}

function usedBy(guess: Guess): readonly string[] {
  return 'column' in guess ? [guess.column] : guess.uses;
}
