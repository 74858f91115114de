import { array, assert, asyncProperty, constantFrom, string } from '../../test/fast-check.ts';
import { expect, test } from 'vitest';
import { compareText } from './compare-text.ts';
import { sortedPlaces } from './sort-texts.ts';
import { turnsOf } from './turns.ts';

const now = () => undefined;

test('gives the places of texts in the order of code points, equal ones as they came', async () => {
  const text = string({ unit: constantFrom('a', 'b', '\uffff', '😀'), maxLength: 3 });
  await assert(
    asyncProperty(array(text, { maxLength: 40 }), async (texts) => {
      const places = (await sortedPlaces(texts, now)) ?? texts.keys();
      const expected = texts.map((one, i) => ({ one, i })).sort((a, b) => compareText(a.one, b.one) || a.i - b.i);
      expect([...places]).toEqual(expected.map(({ i }) => i));
    }),
  );
});

test('says nothing of texts that are in order', async () => {
  expect(await sortedPlaces([], now)).toBeUndefined();
  expect(await sortedPlaces(['a', 'a', 'b'], now)).toBeUndefined();
});

test('others have their turns while many are sorted', async () => {
  const texts = Array.from({ length: 20_000 }, (_, i) => String((i * 7919) % 20_011));
  let turns = 0;
  await sortedPlaces(texts, () => void (turns += 1));
  expect(turns).toBeGreaterThan(50);
});

test('a turn is due after some time', async () => {
  expect(turnsOf(1000)()).toBeUndefined();
  let isOther = false;
  setImmediate(() => (isOther = true));
  await turnsOf(0)();
  expect(isOther).toBe(true);
});
