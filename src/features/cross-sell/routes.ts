import type { Analysis } from '../../analysis/define.ts';

export const crossSellAnalyses: readonly Analysis[] = [];
