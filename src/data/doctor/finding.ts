/** `ok`; `--`: goes without, and what is lost; `!!`: has to be mended. */
export type Mark = 'ok' | '--' | '!!';

/** What a check found. `advice` are whole statements, settings or commands that mend it. */
export type Finding = {
  readonly mark: Mark;
  readonly check: string;
  readonly says: string;
  readonly advice: readonly string[];
};

export const well = (check: string, says: string): Finding => ({ mark: 'ok', check, says, advice: [] });
export const lacking = (check: string, says: string, advice: readonly string[] = []): Finding => ({
  mark: '--',
  check,
  says,
  advice,
});
export const wrong = (check: string, says: string, advice: readonly string[] = []): Finding => ({
  mark: '!!',
  check,
  says,
  advice,
});

/** One line, and one more for each piece of advice. */
export function linesOf({ mark, check, says, advice }: Finding): string[] {
  const [first = '', ...more] = says.split('\n');
  return [`${mark}  ${check.padEnd(15)} ${first}`, ...[...more, ...advice].map((line) => `      ${line}`)];
}
