import { readFileSync } from 'node:fs';
import type { Figure } from './figures.ts';
import { rounds } from './effort.ts';

/** Often enough to see what is held for a few hundredths of a second. */
const EVERY_MS = 20;
const ROUNDS = rounds(3);

/** The memory that counting and testing all pairs takes above what the process had: the most of some rounds. */
export async function pairsMemory(count: () => Promise<unknown>): Promise<Figure[]> {
  const before = residentBytes();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, residentBytes())), EVERY_MS);
  try {
    for (let round = 0; round < ROUNDS; round++) await count();
  } finally {
    clearInterval(timer);
  }
  const value = (Math.max(peak, residentBytes()) - before) / 1e6;
  return [{ name: 'cross-sell.pairs, memory above the snapshot', value, unit: 'MB', better: 'lower', aim: 600 }];
}

function residentBytes(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
}
