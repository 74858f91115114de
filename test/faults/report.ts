import type { HarnessOptions, Outcome } from './harness.ts';

/** The figures of a run, as the tables of docs/durability.md. */
export function reportOf({ seed, rounds, services }: HarnessOptions, { tally, seconds, bytes }: Outcome): string {
  const count = (value: number) => value.toLocaleString('en-US');
  const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
    [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(String).join(' | ')} |`).join('\n');
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const failures = tally.failures.map((failure) => `- ${failure.replaceAll('\n', ' ')}`).join('\n');
  return `Seed ${seed}: ${tally.rounds} of ${rounds} rounds in ${Math.round(seconds / 60)} minutes, ${services} services side by side, each on one data folder (${(bytes / 1e6).toFixed(1)} MB at the end).
Failures: ${tally.failures.length}.
${failures === '' ? '' : `\n${failures}\n`}
${table(
  ['under way when killed', 'found stored', 'found absent', 'first transactions stored, the others not'],
  sorted(tally.cut).map(([what, cut]) => [what, cut.stored, cut.absent, what === 'bulk' ? cut.partly : '']),
)}

${table(
  ['acknowledged, and there after every restart', 'number'],
  sorted(tally.acks).map(([what, number]) => [what, count(number)]),
)}

${table(
  ['beside these', 'number'],
  [['restarts', count(tally.restarts)], ...sorted(tally.rest).map(([what, number]) => [what, count(number)])],
)}
`;
}
