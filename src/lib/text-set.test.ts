import { array, assert, asyncProperty, string } from '../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { textSet } from './text-set.ts';

const now = () => undefined;

test('has the texts that it was made of and no others', async () => {
  await assert(
    asyncProperty(array(string({ maxLength: 2 })), string({ maxLength: 2 }), async (texts, other) => {
      const set = await textSet(texts, now);
      expect(set.size).toBe(new Set(texts).size);
      expect(texts.every((text) => set.has(text))).toBe(true);
      expect(set.has(other)).toBe(texts.includes(other));
    }),
  );
});

test('others have their turns while it is made', async () => {
  let turns = 0;
  const ids = Array.from({ length: 10_000 }, (_, i) => `C${i}`);
  const set = await textSet(ids, () => void (turns += 1));
  expect(turns).toBe(5);
  expect([set.has('C9999'), set.has('C10000')]).toEqual([true, false]);
});
