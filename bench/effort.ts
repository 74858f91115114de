/** With --smoke everything is done once and for a moment: to see that it runs, not how fast. */
const isSmoke = process.argv.includes('--smoke');

/** How often a measurement is made. */
export function rounds(count: number): number {
  return isSmoke ? 1 : count;
}

/** How long a load lasts; one that ends by itself (Infinity) is not cut short. */
export function lasting(seconds: number): number {
  return isSmoke && Number.isFinite(seconds) ? Math.min(seconds, 0.3) : seconds;
}
