import fc from 'fast-check';

/**
 * Property tests walk the same cases on every run, so that a change is judged by what it changes. `TEST_SEED=random`
 * walks others, a number the cases of an earlier run (a failure names it).
 */
const given = process.env['TEST_SEED'] ?? '20260101';
if (given !== 'random') fc.configureGlobal({ seed: Number(given) });

export * from 'fast-check';
export default fc;
