import { defineAnalysis, type RunContext } from '../../../analysis/define.ts';
import { turnsOf } from '../../../lib/turns.ts';
import { attachRate } from './attach.ts';
import { entryProducts } from './entry.ts';
import { entryProductsInMemory } from './entry-in-memory.ts';
import { withNames } from './names.ts';
import { launchedProducts, launchTimes } from './launch.ts';
import { launchTimesInMemory, type Launched } from './launch-in-memory.ts';
import {
  AdoptionPathsParams,
  AdoptionPathsRow,
  AttachRateParams,
  AttachRateRow,
  EntryProductsParams,
  EntryProductsRow,
  LaunchParams,
  LaunchRow,
} from './model.ts';
import { adoptionPaths } from './paths.ts';
import { adoptionPathsInMemory } from './paths-in-memory.ts';
import { pathRows } from './service.ts';
import { wholeSnapshot } from './whole-snapshot.ts';

/** Longest stretch of work in memory before others get their turn. */
const TURN_MS = 4;

const COUNTED =
  'Relationships count that started by asOf and did not end before they started. The customer filter keeps customers; ' +
  'the product filter keeps relationships: what comes first or next is the first or next of the products asked about.';

export const attachRateAnalysis = defineAnalysis({
  name: 'portfolio.attach-rate',
  title: 'How many of those who start with one product start with another within some days',
  description:
    'A is the product (or category) that is named, B the item of the row. Base: customers whose first start of A lies in ' +
    '[from, to) and whose window [first start of A, that day + days] ends by asOf; the others are counted in baseIncomplete ' +
    'and are in no rate. attached: customers of the base with a start of B within their window, both ends included, so that ' +
    'B on the same day counts; a start of B before A does not, and is counted in ownedBefore (who owned B before and ' +
    'starts it again in the window is in both). rate = attached / base. It is a share of those who started A, not a lift: ' +
    'what everybody buys attaches to everything. Items without a start by the end of the windows have no row. ' +
    `The product filter keeps items B; A need not be among them. ${COUNTED}`,
  params: AttachRateParams,
  row: AttachRateRow,
  sql: attachRate,
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty:
    'nobody whose first start lies in the period has a complete window and anything else: take an earlier period or fewer days',
  subject: { table: 'products', param: 'productId' },
  chart: { mark: 'bar', x: 'rate', y: 'itemName' },
  examples: [
    { title: 'What is bought within 30 days of product P00001', params: { productId: 'P00001' } },
    {
      title: 'Which categories follow on Electronics within 90 days',
      params: { grain: 'category', category: 'Electronics', days: 90 },
    },
  ],
});

export const entryProductsAnalysis = defineAnalysis({
  name: 'portfolio.entry-products',
  title: 'Which products customers begin with, and how many of them come back',
  description:
    "A customer's first day is the day of the first start; every item started on it is an entry product, so that customers " +
    'over all rows can be more than there are (alone counts those with one item only) and shares can sum to more than 1. ' +
    'continued: another start, of any item and also of the same, on a later day. Those who began shortly before asOf had ' +
    `little time to continue: end the period earlier to compare like with like. ${COUNTED}`,
  params: EntryProductsParams,
  row: EntryProductsRow,
  run: async (params, context: RunContext) => {
    const snapshot = wholeSnapshot(params, context);
    const found = snapshot && (await entryProductsInMemory(snapshot, params, context, turnsOf(TURN_MS)));
    return found === undefined ? context.query(entryProducts(params, context)) : withNames(found, params, context);
  },
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'nobody has a first start in the period',
  chart: { mark: 'bar', x: 'customers', y: 'itemName' },
  examples: [
    { title: 'Products that customers began with', params: {} },
    { title: 'Categories that customers began with before 2024', params: { grain: 'category', to: '2024-01-01' } },
  ],
});

export const adoptionPathsAnalysis = defineAnalysis({
  name: 'portfolio.adoption-paths',
  title: 'In which order customers adopt products, and how many go on',
  description:
    'Each item is adopted once, on the day of its first start; items adopted on one day come in the order of their ids. A ' +
    'path is the beginning of a journey: a customer who adopted A, B and C is counted in A, in A B and in A B C. share = ' +
    'customers / all with a first start in [from, to); continued: those who adopted a further item by asOf. Shares of one ' +
    `length sum to the share of customers with at least so many items. ${COUNTED}`,
  params: AdoptionPathsParams,
  row: AdoptionPathsRow,
  run: async (params, context: RunContext) => {
    const snapshot = wholeSnapshot(params, context);
    const found = snapshot && (await adoptionPathsInMemory(snapshot, params, context, turnsOf(TURN_MS)));
    return found ?? pathRows(await context.query(adoptionPaths(params, context)));
  },
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'no path is taken by so many customers whose first start lies in the period',
  chart: { mark: 'table' },
  examples: [
    { title: 'First three categories', params: {} },
    { title: 'First two products', params: { grain: 'product', length: 2, limit: 20 } },
  ],
});

export const launchAnalysis = defineAnalysis({
  name: 'portfolio.launch',
  title: 'How long products took from launch to their first owners',
  description:
    'One row per product with a launch_date by asOf and number of owners n: the day on which the n-th customer had started ' +
    'it, customers in the order of their first start, whether they still have it or not. days = that day - launch_date; it ' +
    'is negative when customers started before the launch, whom startedBeforeLaunch counts, and null when n is not reached ' +
    'by asOf. Relationships count that started by asOf and did not end before they started; the customer filter keeps ' +
    'owners, the product filter products.',
  params: LaunchParams,
  row: LaunchRow,
  run: async (params, context: RunContext) => {
    const snapshot = wholeSnapshot(params, context);
    if (snapshot === undefined) return context.query(launchTimes(params, context));
    const products = (await context.query(launchedProducts(params, context))) as readonly Launched[];
    return launchTimesInMemory(snapshot, products, { ...params, asOf: context.asOf }, turnsOf(TURN_MS));
  },
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'no product that is asked about has a launch_date by asOf',
  chart: { mark: 'point', x: 'launchDate', y: 'days', color: 'owners' },
  examples: [
    { title: 'Days to the first, tenth, hundredth and thousandth owner', params: {} },
    { title: 'Days to the fifth and fiftieth owner', params: { owners: [5, 50] } },
  ],
});

export const journeyAnalyses = [attachRateAnalysis, entryProductsAnalysis, adoptionPathsAnalysis, launchAnalysis];
