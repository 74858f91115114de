import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { progressLines } from './progress-lines.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function run(isTerminal: boolean): string[] {
  const printed: string[] = [];
  const { progress, stop } = progressLines((line) => printed.push(line), { now: Date.now, isTerminal });
  progress('reading', '1 of 9 MB');
  progress('reading', '5 of 9 MB');
  vi.advanceTimersByTime(1000);
  progress('storing', '');
  stop();
  vi.advanceTimersByTime(5000);
  return printed;
}

test('a line when a phase starts and one a second while it lasts', () => {
  expect(run(false)).toEqual(['    0.0 s  reading  1 of 9 MB', '    1.0 s  reading  5 of 9 MB', '    1.0 s  storing']);
});

test('on a terminal the line is rewritten', () => {
  expect(run(true)).toEqual([
    '    0.0 s  reading  1 of 9 MB',
    '\u001b[1A\u001b[2K    1.0 s  reading  5 of 9 MB',
    '\u001b[1A\u001b[2K    1.0 s  storing',
  ]);
});
