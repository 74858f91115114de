export { DEMO_CATALOG_TEXT } from './catalog-text.ts';
export { ensureDemo } from './ensure.ts';
export { generateDemo, type DemoOptions } from './generate.ts';
export { DemoTruth } from './truth.ts';
export { DEMO_SIZES, type DemoSize } from './world.ts';
