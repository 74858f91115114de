import { Type } from 'typebox';
import { HEAVIEST, MOST_NEIGHBOURS } from '../../lib/recommend/neighbours.ts';

/** Params of what is learned from who has what. */
export const learning = {
  grain: Type.Unsafe<'product' | 'category'>(
    Type.String({
      enum: ['product', 'category'],
      default: 'product',
      maxLength: 50,
      description:
        'What an item is: a product, or a product category (products without a row or without a category are in none).',
    }),
  ),
  neighbours: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: MOST_NEIGHBOURS,
    description: 'So many neighbours of an item are kept, those with the highest weights.',
    'x-unit': 'items',
  }),
  heaviest: Type.Integer({
    minimum: 2,
    maximum: 100_000,
    default: HEAVIEST,
    description:
      'From customers with more items nothing is learned, since their pairs grow with the square of it; how many they are is said in meta.warnings.',
    'x-unit': 'items',
  }),
};
