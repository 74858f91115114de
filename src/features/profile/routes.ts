import { defineAnalysis, type RunContext } from '../../analysis/define.ts';
import { requireFactsOptions, type FactsOptions } from '../../analysis/facts/model.ts';
import { AppError } from '../../lib/app-error.ts';
import { MOST_ALIKE_PROFILES, ProfileParams, ProfileRow, ProfilesParams } from './model.ts';
import { unknownCustomers } from './queries.ts';
import { needs, type Included } from './sections.ts';
import { profilesOf, sayUnknown } from './service.ts';

const MEANING =
  'Sections: attributes (the columns of the customer), holdings (products by category, active on asOf and ever), tenure and ' +
  'activity (days and dates), value (revenue and its place among all customers, those of the same type and of the same region), ' +
  'rfm (scores = ceil(5 * cume_dist), and their name in the RFM table), lifecycle (stage, and tier A, B or C), alike (the 10 ' +
  'customers with the highest Jaccard index of active products, at least 2 in common, ties by id) and warnings (relationships ' +
  'that are in no figure, products that have no row). A relationship counts that started by asOf and did not end before it ' +
  'started. A section that is not in `include` is not computed, and null. A null type or region is a group of its own.';

type Asked = Included & FactsOptions;

function profiles(ids: readonly string[], params: Asked, context: RunContext) {
  const { newDays, dormantDays, churnedDays, rfmMonths, tierA, tierB } = params;
  const options = requireFactsOptions({ newDays, dormantDays, churnedDays, rfmMonths, tierA, tierB });
  return profilesOf(ids, { include: params.include, options }, context);
}

/** The ids, unless they are too many to look for those most alike. Throws request.invalid. */
export function requireFew(customerIds: readonly string[], included: Included): readonly string[] {
  if (customerIds.length <= MOST_ALIKE_PROFILES || !needs(included, 'alike')) return customerIds;
  const detail = `must have at most ${MOST_ALIKE_PROFILES} ids when \`alike\` is included; it has ${customerIds.length}`;
  throw new AppError('request.invalid', `customerIds ${detail}`, { errors: [{ pointer: '/customerIds', detail }] });
}

export const customerProfile = defineAnalysis({
  name: 'profile.customer',
  title: 'Who a customer is: attributes, products, value, segments, warnings',
  description: MEANING,
  params: ProfileParams,
  row: ProfileRow,
  run: (params, context) => profiles([params.customerId], params, context),
  subject: { table: 'customers', param: 'customerId' },
  readsSaved: true,
  lane: 'fast',
  chart: { mark: 'table' },
  examples: [
    { title: 'All of customer C0000001', params: { customerId: 'C0000001' } },
    {
      title: 'Products and value of customer C0000001',
      params: { customerId: 'C0000001', include: ['holdings', 'value'] },
    },
  ],
  path: '/customers/{customerId}/profile',
});

export const customerProfiles = defineAnalysis({
  name: 'profile.customers',
  title: 'Who many customers are: one profile each',
  description:
    `${MEANING} Rows come in the order of customerIds, without \`alike\` unless it is asked for. Ids that do not exist ` +
    'have no row and are named in meta.warnings.',
  params: ProfilesParams,
  row: ProfileRow,
  run: (params, context) => profiles(requireFew(params.customerIds, params), params, context),
  warn: { sql: ({ customerIds }, kit) => unknownCustomers(customerIds, kit), say: sayUnknown },
  whenEmpty: 'none of the customers exists',
  readsSaved: true,
  lane: 'fast',
  chart: { mark: 'table' },
  examples: [
    { title: 'Two customers', params: { customerIds: ['C0000001', 'C0000002'] } },
    {
      title: 'Lifecycle of two customers, new for half a year',
      params: { customerIds: ['C0000001', 'C0000002'], include: ['lifecycle'], newDays: 182 },
    },
  ],
  path: '/customers/profiles',
  method: 'POST',
});

export const profileAnalyses = [customerProfile, customerProfiles];
