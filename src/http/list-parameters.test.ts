import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { listNames, splitLists } from './list-parameters.ts';

test('lists of words are those that say so', () => {
  const words = Type.Array(Type.String(), { style: 'form', explode: false });
  expect(listNames({ params: Type.Object({ words, ids: Type.Array(Type.String()), one: Type.String() }) })).toEqual([
    'words',
  ]);
});

test('commas separate, repeated ones are one list, others stay', () => {
  expect(splitLists({ words: 'a,b', more: ['a,b', 'c'], ids: 'x,y' }, ['words', 'more', 'none'])).toEqual({
    words: ['a', 'b'],
    more: ['a', 'b', 'c'],
    ids: 'x,y',
  });
});
