import { defineAnalysis } from '../../../analysis/define.ts';
import { ClusterRow, ClustersParams } from './model.ts';
import { measuresOf } from './queries.ts';
import { clustersOf } from './service.ts';

export const clustersAnalysis = defineAnalysis({
  name: 'segments.clusters',
  title: 'Groups of customers who are alike in chosen measures, by k-means',
  description:
    'One row per cluster, the largest first, of the customers who have all measures: recencyDays is missing without ' +
    'relationships, and so are the shares of categories. Measures are taken as sign(x) ln(1 + |x|), but for shares and scores, and scaled to a standard ' +
    'deviation of 1; k-means++ with ten seeded starts (Lloyd 1982; Arthur and Vassilvitskii 2007). Without k the gap ' +
    'statistic chooses it (Tibshirani, Walther and Hastie 2001) on at most 5,000 customers. The rules are the leaves of a ' +
    'shallow decision tree that tells the clusters; fidelity says how well.',
  params: ClustersParams,
  row: ClusterRow,
  run: (params, context) => clustersOf(params, context, measuresOf),
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'there is no customer who has all measures and of whom the filters hold',
  chart: { mark: 'bar', x: 'cluster', y: 'customers' },
  examples: [
    { title: 'By what they did, in as many groups as there are', params: {} },
    { title: 'Two groups by value and products', params: { measures: ['value', 'products'], k: 2, seed: 7 } },
    { title: 'By taste', params: { measures: ['value'], categories: ['Electronics', 'Home'], k: 3 } },
  ],
});
