import { defineAnalysis } from '../../../analysis/define.ts';
import { CampaignParams, CampaignRow } from './model.ts';
import { campaign } from './service.ts';

export const campaignAnalysis = defineAnalysis({
  name: 'cross-sell.campaign',
  title: 'Which customers to offer a product, those for whom most speaks first',
  description:
    'The customers who do not have the product and never had it (repeat=true: who do not have it on asOf), by score: the ' +
    'sum, over the products that a customer has or had, of their weights as neighbours of this one. It is the score of ' +
    'cross-sell.next-products, read for one product over all customers; equal scores are ordered by id. The weights are ' +
    'those of the model that is served; when that is popularity, which ranks all customers alike, those of the best other ' +
    'model, and meta.warnings says that it is not surely better. rankOfProduct is the place of the product in what ' +
    'cross-sell.next-products lists for the customer by default; probability and expectedValue follow from it. Whom ' +
    'nothing speaks for is not listed, however much capacity is left. The model may be some writes old, who has the ' +
    'product never is. A score grows with all that a customer has, so that who has much comes first; it says who resembles ' +
    'owners, and not whom an offer would change.',
  params: CampaignParams,
  row: CampaignRow,
  run: campaign,
  readsSaved: true,
  countsLeftOut: true,
  whenEmpty: 'nobody is listed: meta.warnings says how many are asked about, and how many of them have it',
  chart: { mark: 'bar', x: 'score', y: 'customerName' },
  otherCharts: [{ mark: 'point', x: 'rank', y: 'expectedValue', color: 'group' }],
  examples: [
    { title: 'A hundred customers for product P00001', params: { productId: 'P00001' } },
    {
      title: 'Twenty of each region, among businesses',
      params: { productId: 'P00001', per: 'region', capacityPer: 20, customer: { customerType: 'business' } },
    },
    {
      title: 'Ten of each lifecycle stage, who may have had it before',
      params: { productId: 'P00001', per: 'lifecycle', capacityPer: 10, repeat: true },
    },
  ],
  path: '/products/{productId}/campaign',
});

export const campaignAnalyses = [campaignAnalysis];
