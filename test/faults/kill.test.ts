import { expect, test } from 'vitest';
import { runHarness } from './harness.ts';

// `npm run faults` plays many more rounds; docs/durability.md has its report.
test(
  'killed in random moments: nothing acknowledged is lost, nothing is half there, keys replay',
  { timeout: 600_000 },
  async () => {
    const { tally } = await runHarness({ seed: 20_240_615, rounds: 6, services: 2 });
    expect(tally.failures).toEqual([]);
    expect([tally.rounds, tally.restarts]).toEqual([6, 6]);
    expect(tally.acks.get('import')).toBeGreaterThan(1);
    expect(tally.acks.get('bulk line')).toBeGreaterThan(0);
  },
);
