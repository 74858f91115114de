import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runHarness, type Outcome } from './harness.ts';
import { reportOf } from './report.ts';

/** `npm run faults -- --rounds 200 --seed 1`: the report grows with each round; exit code 1 when anything failed. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    services: { type: 'string', default: '2' },
    report: { type: 'string' },
  },
});
const options = { seed: Number(values.seed), rounds: Number(values.rounds), services: Number(values.services) };
const say = (outcome: Outcome) => {
  if (values.report !== undefined) writeFileSync(values.report, reportOf(options, outcome));
  const { rounds, failures } = outcome.tally;
  console.log(`${rounds} rounds, ${Math.round(outcome.seconds)} s, ${failures.length} failures`);
};
const outcome = await runHarness({ ...options, say });
console.log(reportOf(options, outcome));
process.exitCode = outcome.tally.failures.length === 0 ? 0 : 1;
