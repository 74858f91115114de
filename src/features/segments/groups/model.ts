import { Type, type TSchema } from 'typebox';
import { FactsRow, factsParams, LIFECYCLES, TIERS } from '../../../analysis/facts/model.ts';
import { field, nullable, param } from '../../../analysis/fields.ts';
import { population } from '../../../analysis/population.ts';

const asked = { asOf: param.pastDay(), customer: population.customer(), segment: population.segment() };
const { newDays, dormantDays, churnedDays, rfmMonths, tierA, tierB } = factsParams;

export const RfmParams = Type.Object({ ...asked, rfmMonths });
export const LifecycleParams = Type.Object({ ...asked, newDays, dormantDays, churnedDays });
export const TiersParams = Type.Object({ ...asked, tierA, tierB });
export const CustomersParams = Type.Object({ asOf: param.pastDay(), segment: population.segment(), ...factsParams });

const group = {
  customers: field.count('Customers in it.', 'customers'),
  share: field.rate('Part of all customers who are asked about.'),
};
const worth = {
  value: field.amount('Revenue of its customers up to and including asOf.'),
  valueShare: nullable(field.number('Part of the revenue of all who are asked about; null when that is 0.', 'share')),
};

export const RfmSegmentRow = Type.Object({
  segment: field.text('Name that the RFM table gives; none: customers without scores.', 50),
  ...group,
  ...worth,
  meanRecencyDays: nullable(field.number('Mean days since the latest start; null where nobody has one.', 'days')),
  meanFrequency: field.number('Mean number of days on which relationships started.', 'days'),
  meanMonetary: field.number('Mean revenue within the RFM months.', 'currency per customer'),
});

export const LifecycleRow = Type.Object({
  stage: field.choice('Where the customers stand.', LIFECYCLES),
  ...group,
  ...worth,
  valueMonthly: field.amount('Amounts per month that are active on asOf.'),
});

export const TierRow = Type.Object({
  tier: field.choice('A: the customers who bring most; then B, then C.', TIERS),
  ...group,
  ...worth,
  meanValue: field.number('Mean revenue of a customer.', 'currency per customer'),
  leastValue: field.amount('Lowest revenue of a customer in it.'),
});

const { customerId, ...facts } = FactsRow.properties as Record<string, TSchema> & { customerId: TSchema };
export const CustomerFactsRow = Type.Object({
  customerId,
  customerName: nullable(field.text('Name of the customer.')),
  customerType: nullable(field.text('Type of the customer.')),
  region: nullable(field.text('Where the customer is.')),
  ...facts,
});
