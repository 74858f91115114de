import { Type, type Static, type TSchema } from 'typebox';
import { RfmTable } from '../../../analysis/facts/rfm-table.ts';
import { field, nullable } from '../../../analysis/fields.ts';
import { RuleSchema, type Rule } from '../../../analysis/segments/rule.ts';
import { SEGMENT_ID } from '../../../analysis/segments/segment-id.ts';

const closed = { additionalProperties: false };
const time = (description: string) => Type.String({ description, format: 'date-time', maxLength: 30 });
const revision = (description: string) => Type.Integer({ description, minimum: 0 });

const ID = 'Identifies the segment: small letters, digits, - and _, at most 50.';
const RULE_EXAMPLE: Rule = { all: [{ member: 'value12Months', op: 'gte', value: 1000 }] };
const DRAFT_EXAMPLE = { name: 'Big spenders', description: 'Over 1,000 in a year.', rule: RULE_EXAMPLE };
const MADE_AT = '2026-01-31T12:00:00.000Z';

const draft = {
  name: Type.String({ description: 'Name for people.', minLength: 1, maxLength: 255 }),
  description: Type.Optional(nullable(field.text('What it is for.', 2_000))),
  rule: RuleSchema,
};
/** What a client sends of a segment. */
export const SegmentBody = Type.Object(draft, { ...closed, examples: [DRAFT_EXAMPLE] });
export const NewSegmentBody = Type.Object(
  { id: Type.Optional(Type.String({ description: `${ID} Left out: made of the name.`, maxLength: 50 })), ...draft },
  { ...closed, examples: [{ id: 'big-spenders', ...DRAFT_EXAMPLE }] },
);
export type SegmentBody = Static<typeof SegmentBody>;
export type NewSegmentBody = Static<typeof NewSegmentBody>;

const stored = {
  revision: revision('Raised by every change; the ETag is this number.'),
  name: field.text('Name for people.'),
  description: nullable(field.text('What it is for.', 2_000)),
  rule: RuleSchema,
};
export const StoredSegment = Type.Object(
  {
    id: Type.String({ description: ID, maxLength: 50, pattern: SEGMENT_ID }),
    ...stored,
    createdAt: time('When it was made.'),
    updatedAt: time('When it was last changed.'),
  },
  {
    ...closed,
    examples: [{ id: 'big-spenders', revision: 1, ...DRAFT_EXAMPLE, createdAt: MADE_AT, updatedAt: MADE_AT }],
  },
);
export const SegmentChange = Type.Object(
  {
    ...stored,
    change: field.choice('What was done.', ['created', 'replaced', 'deleted']),
    changedAt: time('When it was done.'),
  },
  { ...closed, examples: [{ revision: 1, ...DRAFT_EXAMPLE, change: 'created', changedAt: MADE_AT }] },
);

const ROW_EXAMPLE = {
  name: 'everybody',
  recency: { min: 1, max: 5 },
  frequency: { min: 1, max: 5 },
  monetary: { min: 1, max: 5 },
};
export const RfmTableBody = Type.Object({ segments: RfmTable }, { ...closed, examples: [{ segments: [ROW_EXAMPLE] }] });
export type RfmTableBody = Static<typeof RfmTableBody>;
export const StoredRfmTable = Type.Object(
  {
    version: revision('0 is the table that holds until another one is put; the ETag is this number.'),
    segments: RfmTable,
    madeAt: nullable(time('When it was put; null for version 0.')),
  },
  { ...closed, examples: [{ version: 1, segments: [ROW_EXAMPLE], madeAt: MADE_AT }] },
);

export const SegmentPath = Type.Object({
  segmentId: Type.String({ description: 'The segment.', maxLength: 50, examples: ['big-spenders'] }),
});
export const PageQuery = Type.Object(
  {
    limit: Type.Integer({ description: 'Most of them on a page.', minimum: 1, maximum: 1_000, default: 100 }),
    cursor: Type.Optional(Type.String({ description: 'page.nextCursor of the page before.', maxLength: 2_000 })),
  },
  closed,
);
export type PageQuery = Static<typeof PageQuery>;

export const one = (data: TSchema, description: string) => Type.Object({ data }, { ...closed, description });
export const many = (data: TSchema, description: string) =>
  Type.Object(
    {
      data: Type.Array(data, { description, maxItems: 1_000 }),
      page: Type.Object(
        {
          nextCursor: nullable(field.text('Where the next page starts; null on the last one.', 2_000)),
          total: Type.Optional(field.count('All there are.', 'segments')),
        },
        { ...closed, description: 'Where the page stands in the list.' },
      ),
    },
    { ...closed, description },
  );
