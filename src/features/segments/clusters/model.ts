import { Type, type Static, type TSchema } from 'typebox';
import { categoryShare } from '../../../analysis/facts/category-shares.ts';
import { FactsRow, factsParams } from '../../../analysis/facts/model.ts';
import { field, nullable, param, unitOf, unwrapNull, wireTypeOf } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';
import { RuleSchema } from '../../../analysis/segments/rule.ts';

/** Facts that are numbers, by name: what customers may be alike in. */
export const MEASURES: ReadonlyMap<string, TSchema> = new Map(
  Object.entries(FactsRow.properties as Record<string, TSchema>).filter(([, schema]) =>
    ['integer', 'decimal', 'double'].includes(wireTypeOf(schema)),
  ),
);

/** What customers are alike in. A share of a category is no fact, and missing without relationships. */
export type Measure = {
  readonly name: string;
  readonly isLogged: boolean;
  readonly isWhole: boolean;
  readonly isNullable: boolean;
};

/** Of shares and scores no logarithm is taken: they have bounds. */
export function measuresAsked({ measures, categories }: Pick<ClustersParams, 'measures' | 'categories'>): Measure[] {
  const facts = measures.map((name) => {
    const schema = MEASURES.get(name)!;
    const isLogged = !['share', 'score'].includes(unitOf(schema) ?? '');
    const { isNullable } = unwrapNull(schema);
    return { name, isLogged, isWhole: wireTypeOf(schema) === 'integer', isNullable };
  });
  const about = { isLogged: false, isWhole: false, isNullable: true };
  return [...facts, ...categories.map((category) => ({ name: categoryShare(category), ...about }))];
}

export const ClustersParams = Type.Object({
  measures: Type.Array(field.choice('A measure.', [...MEASURES.keys()]), {
    maxItems: 10,
    uniqueItems: true,
    default: ['recencyDays', 'frequency', 'monetary', 'products'],
    description: `What customers are alike in: facts of segments.customers that are numbers. Of ${[...MEASURES.keys()].join(', ')}. May be empty when there are categories.`,
    style: 'form',
    explode: false,
  }),
  categories: Type.Array(Type.String({ description: 'A product category.', minLength: 1, maxLength: 255 }), {
    maxItems: 30,
    uniqueItems: true,
    default: [],
    description:
      'Product categories, separated by commas in an address: what part of the relationships is with products of each is ' +
      'a measure too, `categoryShare.` and its name.',
    style: 'form',
    explode: false,
  }),
  k: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 50,
      description: 'How many clusters, at most as many as customers. Left out: by the gap statistic, at most ten.',
    }),
  ),
  seed: Type.Integer({
    minimum: 0,
    maximum: 4_294_967_295,
    default: 1,
    description: 'The same seed and data give the same clusters.',
  }),
  asOf: param.pastDay(),
  customer: population.customer(),
  segment: population.segment(),
  ...factsParams,
});
export type ClustersParams = Static<typeof ClustersParams>;

const measure = field.text('The measure.', 300);
export const ClusterRow = Type.Object({
  cluster: Type.Integer({ description: 'Number of the cluster, 1 for the largest.', minimum: 1 }),
  customers: field.count('Customers in it.', 'customers'),
  share: field.rate('Part of the customers who have all measures.'),
  means: Type.Object(
    {},
    {
      additionalProperties: true,
      description: 'Mean of each measure, in its own unit.',
      examples: [{ monetary: 120.5 }],
    },
  ),
  traits: Type.Array(
    Type.Object(
      { measure, deviation: field.number('Mean of the cluster less that of all, after logarithms.', 'sd') },
      { additionalProperties: false },
    ),
    { maxItems: 3, description: 'The three measures furthest from the mean of all, the furthest first.' },
  ),
  fidelity: field.rate('Part of all customers whom the rules put into their own cluster; the same in each row.'),
  stability: Type.Number({
    description: 'Mean adjusted Rand index between clusterings of samples, 1 the most stable; the same in each row.',
    'x-unit': 'index',
  }),
  rule: nullable(
    Type.Unsafe<unknown>({
      ...RuleSchema,
      description: 'Assigns its customers: ready to be saved as a segment. Null when no rule has mostly its customers.',
    } as TSchema),
  ),
});
