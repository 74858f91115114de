import { clustersAnalysis } from './clusters/routes.ts';
import { customersAnalysis, lifecycleAnalysis, rfmAnalysis, valueTiersAnalysis } from './groups/routes.ts';
import { membersAnalysis, movementAnalysis, overlapAnalysis, previewAnalysis, whyAnalysis } from './rules/routes.ts';

export { mountSegments } from './definitions/routes.ts';

export const segmentAnalyses = [
  rfmAnalysis,
  lifecycleAnalysis,
  valueTiersAnalysis,
  customersAnalysis,
  membersAnalysis,
  previewAnalysis,
  overlapAnalysis,
  movementAnalysis,
  whyAnalysis,
  clustersAnalysis,
];
