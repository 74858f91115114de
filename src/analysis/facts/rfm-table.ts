import { Type, type Static } from 'typebox';
import { join, sql, trusted, type Sql } from '../../data/sql/sql.ts';
import { AppError, type FieldError } from '../../lib/app-error.ts';
import { field } from '../fields.ts';

const SCORES = [1, 2, 3, 4, 5] as const;
const MEASURES = ['recency', 'frequency', 'monetary'] as const;
/** The segment of customers without relationships, who have no scores; no row may have it. */
export const NO_RFM_SEGMENT = 'none';

const score = (description: string) => Type.Integer({ description, minimum: 1, maximum: 5, 'x-unit': 'score' });
const range = (description: string) =>
  Type.Object(
    { min: score('Lowest score.'), max: score('Highest score, itself included.') },
    { description, additionalProperties: false },
  );

/** One row: a name, and the scores that it is for, 5 being the most recent, most frequent and most valuable. */
export const RfmRow = Type.Object(
  {
    name: Type.String({ ...field.text('Name of the segment.', 50), minLength: 1 }),
    recency: range('Scores of recency.'),
    frequency: range('Scores of frequency.'),
    monetary: range('Scores of the monetary value.'),
  },
  { additionalProperties: false, description: 'Customers whose three scores lie in these ranges.' },
);
/** Rows are tried in order, the first that matches names the customer; a name may have several rows. */
export const RfmTable = Type.Array(RfmRow, {
  minItems: 1,
  maxItems: 125,
  description: 'Rows in the order in which they are tried; each of the 125 combinations of scores must match one.',
});
export type RfmRow = Static<typeof RfmRow>;
export type RfmTable = readonly RfmRow[];

type Range = readonly [min: number, max: number];
const row = (name: string, recency: Range, frequency: Range, monetary: Range = [1, 5]): RfmRow => {
  const [r, f, m] = [recency, frequency, monetary].map(([min, max]) => ({ min, max }));
  return { name, recency: r!, frequency: f!, monetary: m! };
};

/**
 * The eleven names that are in common use (there is no one source of their borders). Where most customers have bought
 * once, they share a middle score of frequency, and the names for scores below it stay without customers.
 */
export const DEFAULT_RFM_TABLE: RfmTable = Object.freeze([
  row('champions', [4, 5], [4, 5], [4, 5]),
  row('cannot lose', [1, 2], [4, 5], [4, 5]),
  row('loyal', [3, 5], [4, 5]),
  row('loyal', [3, 5], [3, 3], [3, 5]),
  row('potential loyalist', [4, 5], [2, 3]),
  row('new', [5, 5], [1, 1]),
  row('promising', [4, 4], [1, 1]),
  row('need attention', [3, 3], [2, 3]),
  row('about to sleep', [3, 3], [1, 1]),
  row('about to sleep', [2, 2], [2, 2]),
  row('at risk', [1, 2], [3, 5]),
  row('lost', [1, 1], [1, 2], [1, 2]),
  row('hibernating', [1, 2], [1, 2]),
]);

/** The name of three scores; undefined when no row matches. */
export function rfmName(table: RfmTable, scores: readonly [number, number, number]): string | undefined {
  return table.find((one) =>
    MEASURES.every((measure, i) => one[measure].min <= scores[i]! && scores[i]! <= one[measure].max),
  )?.name;
}

/** What is wrong with a table whose shape is right: turned ranges, the reserved name, and the first combination of scores that no row matches. */
export function rfmTableProblems(table: RfmTable, pointer = ''): readonly FieldError[] {
  const ofRows = table.flatMap((one, i): FieldError[] => [
    ...(one.name === NO_RFM_SEGMENT
      ? [{ pointer: `${pointer}/${i}/name`, detail: `${NO_RFM_SEGMENT} is kept for customers without relationships` }]
      : []),
    ...MEASURES.filter((measure) => one[measure].min > one[measure].max).map((measure) => ({
      pointer: `${pointer}/${i}/${measure}`,
      detail: `min ${one[measure].min} is above max ${one[measure].max}`,
    })),
  ]);
  const open = CELLS.find((scores) => rfmName(table, scores) === undefined);
  if (ofRows.length > 0 || open === undefined) return ofRows;
  const cell = MEASURES.map((measure, i) => `${measure} ${open[i]}`).join(', ');
  return [{ pointer, detail: `no row matches ${cell}; each of the 125 combinations needs one` }];
}

/** Throws `request.invalid` with the problems of `rfmTableProblems`. */
export function requireRfmTable(table: RfmTable, pointer = ''): RfmTable {
  const problems = rfmTableProblems(table, pointer);
  const [first] = problems;
  if (first === undefined) return table;
  throw new AppError('request.invalid', `${first.pointer || 'The table:'} ${first.detail}.`, { errors: problems });
}

const CELLS = SCORES.flatMap((r) => SCORES.flatMap((f) => SCORES.map((m): [number, number, number] => [r, f, m])));

/** The name of a row's scores: an expression over `recency_score`, `frequency_score` and `monetary_score`; `none` where there are none. */
export function rfmCase(table: RfmTable): Sql {
  const whens = table.map((one) => {
    const conditions = MEASURES.flatMap((measure) => {
      const { min, max } = one[measure];
      if (min === 1 && max === 5) return [];
      const column = trusted(`${measure}_score`);
      return [min === max ? sql`${column} = ${min}` : sql`${column} between ${min} and ${max}`];
    });
    return sql`when ${conditions.length === 0 ? sql`1 = 1` : join(conditions, ' and ')} then ${one.name}`;
  });
  return sql`case when recency_score is null then ${NO_RFM_SEGMENT}\n${join(whens, '\n')}\nend`;
}
