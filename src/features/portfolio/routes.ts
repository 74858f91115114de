import { crossSellRateAnalysis, productsPerCustomerAnalysis } from './breadth/routes.ts';
import { abcAnalysis, concentrationAnalysis } from './concentration/routes.ts';
import { categoriesAnalysis, productsAnalysis } from './products/routes.ts';
import { customerWhitespaceAnalysis, whitespaceAnalysis } from './whitespace/routes.ts';

export const portfolioAnalyses = [
  productsAnalysis,
  categoriesAnalysis,
  concentrationAnalysis,
  abcAnalysis,
  productsPerCustomerAnalysis,
  crossSellRateAnalysis,
  whitespaceAnalysis,
  customerWhitespaceAnalysis,
];
