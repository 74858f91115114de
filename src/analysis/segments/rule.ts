import { Type, type Static } from 'typebox';
import { field } from '../fields.ts';
import { OPERATORS, type Operator } from '../filter.ts';

/** What one rule may come to; `conditions`, `allValues` and `references` (one to the next) with the segments that it refers to. */
export const LIMITS = Object.freeze({
  depth: 20,
  conditions: 1_000,
  allValues: 5_000,
  references: 20,
  values: 1_000,
  text: 1_000,
});

const Scalar = Type.Union([Type.String({ maxLength: LIMITS.text }), Type.Number(), Type.Boolean()], {
  description: 'A text, a number, true or false; dates as 2026-01-31.',
});

/** One comparison of a customer's value; `in` takes a list, `isNull` true (its default) or false. */
export const Condition = Type.Object(
  {
    member: field.text(
      'A field of the customer or of the facts about them, such as `region` or `value12Months`; or `categoryShare.` and a product category: its part of the relationships.',
      300,
    ),
    op: field.choice<Operator>('How it is compared.', Object.keys(OPERATORS) as Operator[]),
    value: Type.Optional(
      Type.Union([Scalar, Type.Array(Scalar, { minItems: 1, maxItems: LIMITS.values })], {
        description: 'What it is compared with; a list for `in`. May be left out for `isNull`, which then means true.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Condition = Static<typeof Condition>;

/** Who belongs to a segment: conditions, and other segments, under and, or and not. */
export type Rule =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly not: Rule }
  | { readonly segment: string }
  | Condition;

const Nested = Type.Object({}, { additionalProperties: true, description: 'A rule again.' });
const nestedList = (description: string) =>
  Type.Optional(Type.Array(Nested, { description, minItems: 1, maxItems: LIMITS.conditions }));

/**
 * A rule in a request: one level of it. What is nested is checked by `ruleProblems`: a schema that refers to itself would
 * follow the client's nesting until the stack ends, and its `anyOf` could not say which condition is wrong.
 */
export const RuleSchema = Type.Unsafe<Rule>(
  Type.Object(
    {
      all: nestedList('All of these rules hold.'),
      any: nestedList('At least one of these rules holds.'),
      not: Type.Optional({ ...Nested, description: 'This rule does not hold; true also where a value is missing.' }),
      segment: Type.Optional(field.id('Is in the segment with this id.')),
      member: Type.Optional(Condition.properties.member),
      op: Type.Optional(Condition.properties.op),
      value: Condition.properties.value,
    },
    {
      additionalProperties: false,
      description: `Exactly one of \`all\`, \`any\`, \`not\`, \`segment\` or \`member\` (with \`op\` and \`value\`). Nested at most ${LIMITS.depth} deep; at most ${LIMITS.conditions} conditions and ${LIMITS.allValues} values, those of the segments that it refers to included.`,
      examples: [
        {
          all: [
            { member: 'value12Months', op: 'gte', value: 1000 },
            { not: { member: 'region', op: 'in', value: ['north', 'south'] } },
          ],
        },
      ],
    },
  ),
);

/** What a rule can be, by the member that says so, and the members that it may have. */
export const KINDS = Object.freeze({
  all: ['all'],
  any: ['any'],
  not: ['not'],
  segment: ['segment'],
  member: ['member', 'op', 'value'],
});
export type Kind = keyof typeof KINDS;

/** The ids of the segments that a rule names itself, without repeats. */
export function referencesOf(rule: Rule): readonly string[] {
  const found = new Set<string>();
  const look = (one: Rule): void => {
    if ('segment' in one) found.add(one.segment);
    else for (const part of partsOf(one)) look(part);
  };
  look(rule);
  return [...found];
}

/** How many values a condition brings along. */
export function countValues({ value }: { readonly value?: unknown }): number {
  return Array.isArray(value) ? value.length : 1;
}

/** The rules right within a rule. */
export function partsOf(rule: Rule): readonly Rule[] {
  if ('all' in rule) return rule.all;
  if ('any' in rule) return rule.any;
  return 'not' in rule ? [rule.not] : [];
}
