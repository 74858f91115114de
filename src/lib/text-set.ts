import type { Turns } from './turns.ts';

/** Which of many texts there are. */
export type TextSet = { readonly size: number; has(text: string): boolean };

/** A set that grows to a million makes room for all of them at once, which takes 30 ms; a small one makes none wait. */
const SETS = 256;
const STEPS = 2_048;

/** Others have their turns while it is made. */
export async function textSet(texts: readonly string[], turn: Turns): Promise<TextSet> {
  const sets = Array.from({ length: SETS }, () => new Set<string>());
  const setOf = (text: string) => sets[numberFor(text)]!;
  for (let i = 0; i < texts.length; i++) {
    setOf(texts[i]!).add(texts[i]!);
    if (i % STEPS === 0) await turn();
  }
  const size = sets.reduce((sum, set) => sum + set.size, 0);
  return { size, has: (text) => setOf(text).has(text) };
}

/** Ids differ at their end. */
function numberFor(text: string): number {
  const { length } = text;
  return (31 * text.charCodeAt(length - 1) + text.charCodeAt(length - 2)) % SETS || 0;
}
