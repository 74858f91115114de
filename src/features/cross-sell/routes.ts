import type { Analysis } from '../../analysis/define.ts';
import { nextAnalyses } from './next/routes.ts';
import { basketAnalyses } from './rules/routes.ts';

export const crossSellAnalyses: readonly Analysis[] = [...basketAnalyses, ...nextAnalyses];
