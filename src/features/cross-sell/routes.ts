import type { Analysis } from '../../analysis/define.ts';
import { campaignAnalyses } from './campaign/routes.ts';
import { evaluationAnalyses } from './evaluation/routes.ts';
import { neighbourAnalyses } from './neighbours/routes.ts';
import { nextAnalyses } from './next/routes.ts';
import { pairAnalyses } from './pairs/routes.ts';
import { basketAnalyses } from './rules/routes.ts';

export const crossSellAnalyses: readonly Analysis[] = [
  ...pairAnalyses,
  ...basketAnalyses,
  ...neighbourAnalyses,
  ...evaluationAnalyses,
  ...nextAnalyses,
  ...campaignAnalyses,
];
