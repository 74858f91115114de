import { Type, type Static } from 'typebox';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { FALLBACK, SERVABLE } from '../../../lib/recommend/models.ts';
import { learning } from '../learned-model.ts';

const MOST = 10;

const exponent = (description: string, fallback: number) =>
  Type.Number({ minimum: 0, maximum: 2, default: fallback, description, 'x-unit': 'exponent' });

const asked = {
  model: Type.Unsafe<'cosine' | 'rp3beta'>(
    Type.String({
      enum: [...SERVABLE],
      default: FALLBACK.name,
      maxLength: 50,
      description: 'How customers who have both are weighed: see the description.',
    }),
  ),
  alpha: exponent('Of rp3beta: the higher, the less customers count who have much.', FALLBACK.degree),
  beta: exponent('Of rp3beta: the higher, the less popular the neighbours are.', FALLBACK.to),
  most: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: MOST,
    description: 'Neighbours of a product, those with the highest weights.',
    'x-unit': 'products',
  }),
  heaviest: learning.heaviest,
  asOf: param.pastDay(),
};

export const NeighboursParams = Type.Object({ productId: field.id('The product.'), ...asked });
export const AllNeighboursParams = Type.Object(asked);
export type NeighboursAsked = Static<typeof AllNeighboursParams>;

/** What is said of an answer about all products without rows. */
export const NO_NEIGHBOURS = 'no customer has two products';

export const NeighbourRow = Type.Object({
  productId: field.id('The product that a customer has.'),
  productName: nullable(field.text('Its name, null when no product has the id.')),
  neighbour: field.id('The product for which that speaks.'),
  neighbourName: nullable(field.text('Its name, null when no product has the id.')),
  rank: Type.Integer({ minimum: 1, description: 'Place among the neighbours, 1 the strongest.', 'x-unit': 'place' }),
  weight: field.number(
    'How much: what it adds to the score of the neighbour. Comparable under one model only, and no probability.',
    'score',
  ),
  model: field.choice('The model.', SERVABLE),
});
