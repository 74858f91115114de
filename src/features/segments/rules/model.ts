import { Type, type Static, type TSchema } from 'typebox';
import { factsParams } from '../../../analysis/facts/model.ts';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { OPERATORS } from '../../../analysis/filter.ts';
import { population } from '../../../analysis/population.ts';
import { CustomerFactsRow } from '../groups/model.ts';

const closed = { additionalProperties: false };
const segmentId = Type.String({
  description: 'Id of a saved segment, or `rfm:champions`, `lifecycle:new`, `tier:A`.',
  maxLength: 100,
});

export const MembersParams = Type.Object({ segmentId, asOf: param.pastDay(), ...factsParams });
export const MemberRow = CustomerFactsRow;

export const PreviewParams = Type.Object({
  rule: Type.Unsafe<unknown>({
    description: 'The rule, as of a segment at /v1/segments; in an address as JSON text.',
    examples: [{ all: [{ member: 'value12Months', op: 'gte', value: 1000 }] }],
  } as TSchema),
  asOf: param.pastDay(),
  customer: population.customer(),
  ...factsParams,
});
export const PreviewRow = Type.Object({
  customers: field.count('Customers of whom the rule holds.', 'customers'),
  outOf: field.count('Customers who are asked about.', 'customers'),
  share: nullable(field.rate('Part of them; null when there are none.')),
  value: field.amount('Revenue of its customers up to and including asOf.'),
  valueShare: nullable(field.number('Part of the revenue of all who are asked about; null when that is 0.', 'share')),
});

export const OverlapParams = Type.Object({
  segments: Type.Array(segmentId, {
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
    description: 'Up to 20 segments: ids of saved ones, or `rfm:champions`, `lifecycle:new`, `tier:A`.',
    style: 'form',
    explode: false,
  }),
  asOf: param.pastDay(),
  customer: population.customer(),
  ...factsParams,
});
export type OverlapParams = Static<typeof OverlapParams>;
export const OverlapRow = Type.Object({
  segment: segmentId,
  other: Type.String({ description: 'The segment that it is compared with; itself too.', maxLength: 100 }),
  customers: field.count('Customers in both.', 'customers'),
  customersOfSegment: field.count('Customers in the segment.', 'customers'),
  customersOfOther: field.count('Customers in the other one.', 'customers'),
  share: nullable(field.rate('Part of the segment that is in the other one too; null when it is empty.')),
  jaccard: nullable(field.rate('Customers in both, out of those in either; null when both are empty.')),
});

export const MovementParams = Type.Object({
  of: Type.String({
    default: 'lifecycle',
    maxLength: 100,
    description: 'rfm, lifecycle or tier: from which group to which. Or one segment, by its id or as `tier:A`.',
  }),
  before: Type.Optional(
    Type.String({
      format: 'date',
      maxLength: 10,
      description: 'The day that asOf is compared with, before it. Default: three months before asOf.',
    }),
  ),
  asOf: param.pastDay(),
  customer: population.customer(),
  ...factsParams,
});
export const MovementRow = Type.Object({
  fromGroup: field.text('Group on the day before; inside or outside of one segment.', 50),
  toGroup: field.text('Group on asOf.', 50),
  change: field.choice('What happened; outside: in the segment on neither day.', [
    'entered',
    'stayed',
    'left',
    'moved',
    'outside',
  ]),
  customers: field.count('Customers of whom this is so.', 'customers'),
  share: field.rate('Part of all customers who are asked about.'),
  shareOfFrom: field.rate('Part of those who were in fromGroup.'),
  value: field.amount('Their revenue up to and including asOf.'),
});

export const WhyParams = Type.Object({
  segmentId,
  customerId: field.id('The customer.'),
  asOf: param.pastDay(),
  ...factsParams,
});
const value = (description: string) => Type.Unknown({ description });
export const WhyRow = Type.Object({
  segmentId,
  customerId: field.id('The customer.'),
  isMember: field.flag('Whether the customer is in the segment.'),
  conditions: Type.Array(
    Type.Object(
      {
        pointer: field.text('Place of the condition in the rule, or in the rule of `segment`.', 1_000),
        segment: nullable(field.text('The segment whose rule it is of, when the rule refers to it.', 100)),
        member: field.text('What is compared.', 300),
        op: field.choice('How.', Object.keys(OPERATORS)),
        value: value('With what.'),
        customerValue: value('What the customer has; null when it is missing.'),
        holds: field.flag('Whether the condition holds, whatever `not` it stands under.'),
      },
      closed,
    ),
    { description: 'Every condition of the rule, in its order.', maxItems: 1_000 },
  ),
  change: nullable(
    Type.Object(
      {
        member: field.text('The measure.', 300),
        from: value('What the customer has.'),
        to: value('What would turn membership over.'),
        relativeChange: field.number('|to - from| / max(|from|, 1); of dates, days / 365.', 'share'),
      },
      {
        ...closed,
        description: 'The smallest change of one measure that would turn membership over; null: none does.',
      },
    ),
  ),
});
