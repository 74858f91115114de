import type { Analysis } from '../analysis/define.ts';
import { crossSellAnalyses } from './cross-sell/routes.ts';
import { customerList } from './customers/routes.ts';
import { datasetList } from './datasets/routes.ts';
import { ownershipAnalyses } from './ownership/routes.ts';
import { ownershipSnapshot } from '../analysis/snapshot/snapshot.ts';
import { journeyAnalyses } from './portfolio/journeys/routes.ts';
import { portfolioAnalyses } from './portfolio/routes.ts';
import { productList } from './products/routes.ts';
import { profileAnalyses } from './profile/routes.ts';
import { relationshipList } from './relationships/routes.ts';
import { segmentAnalyses } from './segments/routes.ts';

/** `npm run import`, and what the running service needs for POST /v1/imports. */
export { importCommand } from './imports/command.ts';
export { settleImports } from './imports/jobs/commit-record.ts';
export { accountTarget } from './imports/account/account-target.ts';
export { databaseTarget, openImportTarget, type ImportTarget } from './imports/import-target.ts';
export type { ImportHost } from './imports/jobs/host.ts';
export { importJobs, type ImportJobs } from './imports/jobs/jobs.ts';
export { isKeptCatalog } from './imports/keep-catalog.ts';
export { mountImports } from './imports/jobs/routes.ts';
export { mountSegments } from './segments/routes.ts';

/** Every analysis of the service. Add a feature by adding its line. */
export const ANALYSES: readonly Analysis[] = Object.freeze([
  customerList,
  productList,
  relationshipList,
  datasetList,
  ...ownershipAnalyses,
  ...profileAnalyses,
  ...segmentAnalyses,
  ...portfolioAnalyses,
  ...journeyAnalyses,
  ...crossSellAnalyses,
]);

/** What is built as soon as the service runs, because the most frequent questions are quicker with it. */
export const BUILT_AT_START = Object.freeze([ownershipSnapshot]);

/** The groups in which the docs page shows the operations. */
export const TAGS = Object.freeze([
  { name: 'customers', description: 'Customers: list and look up.' },
  { name: 'products', description: 'Products: list and look up.' },
  { name: 'relationships', description: 'Relationships of customers with products: list and look up.' },
  { name: 'ownership', description: 'Who has what.' },
  { name: 'profile', description: 'Who a customer is.' },
  { name: 'portfolio', description: 'What products and categories have of customers and value.' },
  { name: 'cross-sell', description: 'What is owned together.' },
  { name: 'segments', description: 'Groups of customers: saved ones, and how customers fall into them.' },
  { name: 'datasets', description: 'What can be read.' },
  { name: 'imports', description: 'Files into the tables that the service stores.' },
  { name: 'analyses', description: 'Every analysis by name, with its schema.' },
  { name: 'admin', description: 'For operators.' },
]);
